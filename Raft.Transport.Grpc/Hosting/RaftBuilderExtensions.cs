using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Raft.Core.Hosting;
using Raft.Core.StateMachine;
using Raft.Core.Transport;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Names the parts of a node that <see cref="RaftServices"/> added.</summary>
public static class RaftBuilderExtensions
{
    /// <summary>
    /// Connects the node with the others over gRPC. Kestrel listens for them where <see cref="RaftHostOptions.Listen"/> says, beside the application's own
    /// URLs; the application must call <see cref="RaftEndpoints.MapRaft"/>.
    /// </summary>
    /// <param name="builder">The node.</param>
    /// <param name="configure">Changes limits and times after the configuration was read.</param>
    public static IRaftBuilder UseGrpcTransport(this IRaftBuilder builder, Action<GrpcTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (configure is not null)
        {
            services.Configure<RaftHostOptions>(options => configure(options.Transport));
        }

        services.AddSingleton(LoadCredentials);
        services.AddSingleton(static provider =>
        {
            RaftHostOptions options = provider.GetRequiredService<IOptions<RaftHostOptions>>().Value;
            return new GrpcRaftTransport(
                options.Self(),
                options.Peers(),
                Credentials(provider, options),
                options.Transport,
                provider.GetService<ILogger<GrpcRaftTransport>>(),
                provider.GetService<TimeProvider>());
        });
        services.AddSingleton<IRaftTransport>(static provider => provider.GetRequiredService<GrpcRaftTransport>());
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, RaftKestrelSetup>();
        return builder;
    }

    /// <summary>Names the state machine, a singleton that the application may also ask for by its own type.</summary>
    public static IRaftBuilder UseStateMachine<T>(this IRaftBuilder builder)
        where T : class, IStateMachine
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<T>();
        builder.Services.AddSingleton<IStateMachine>(static provider => provider.GetRequiredService<T>());
        return builder;
    }

    /// <summary>The node's credentials, or <c>null</c> when it talks in plain text.</summary>
    internal static PeerAuthentication? Credentials(IServiceProvider provider, RaftHostOptions options)
        => RaftHostOptionsValidator.IsPlaintext(options) ? null : provider.GetRequiredService<PeerAuthentication>();

    private static PeerAuthentication LoadCredentials(IServiceProvider provider)
    {
        RaftHostOptions options = provider.GetRequiredService<IOptions<RaftHostOptions>>().Value;
        if (RaftHostOptionsValidator.IsPlaintext(options))
        {
            throw new InvalidOperationException("The node has no certificate, because it talks in plain text.");
        }

        return PeerAuthentication.Load(
            options.Tls.Certificate!,
            options.Tls.Key!,
            options.Tls.Authority!,
            provider.GetService<ILogger<GrpcRaftTransport>>(),
            provider.GetService<TimeProvider>());
    }
}
