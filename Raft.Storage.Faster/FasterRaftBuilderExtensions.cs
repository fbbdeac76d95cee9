using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Raft.Core.Hosting;
using Raft.Core.Storage;

namespace Raft.Storage.Faster;

/// <summary>Adds <see cref="FasterRaftStorage"/> to a hosted node.</summary>
public static class FasterRaftBuilderExtensions
{
    /// <summary>Keeps the node's log and hard state in <paramref name="directory"/>.</summary>
    /// <param name="builder">The node's builder.</param>
    /// <param name="directory">The directory; see <see cref="FasterStorageOptions.Directory"/>.</param>
    /// <param name="identity">Whose data it is; see <see cref="FasterStorageOptions.Identity"/>.</param>
    public static IRaftBuilder UseFasterStorage(this IRaftBuilder builder, string directory, string identity = "") =>
        builder.UseFasterStorage(_ => new FasterStorageOptions { Directory = directory, Identity = identity });

    /// <summary>
    /// Keeps the node's log and hard state as <paramref name="options"/> says. The storage is opened when <see cref="IRaftStorage"/> is first
    /// resolved, which throws what <see cref="FasterRaftStorage.Open"/> throws.
    /// </summary>
    public static IRaftBuilder UseFasterStorage(this IRaftBuilder builder, Func<IServiceProvider, FasterStorageOptions> options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        builder.Services.AddSingleton<IRaftStorage>(
            services => FasterRaftStorage.Open(options(services), services.GetService<ILogger<FasterRaftStorage>>()));
        return builder;
    }
}
