using Microsoft.Extensions.DependencyInjection;
using Raft.Core.Hosting;
using Raft.Core.Sessions;
using Raft.Core.StateMachine;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Adds client sessions to a node.</summary>
public static class RaftSessionExtensions
{
    /// <summary>
    /// Names the state machine, a singleton that the application may also ask for by its own type, and puts client sessions before it: commands are proposed through
    /// <see cref="RaftSession"/>. In the place of <see cref="RaftBuilderExtensions.UseStateMachine"/>, on all nodes and from the first entry of the log on.
    /// </summary>
    public static IRaftBuilder UseSessions<T>(this IRaftBuilder builder)
        where T : class, IStateMachine
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<T>();
        builder.Services.AddSingleton(static provider => SessionStateMachine.Over(provider.GetRequiredService<T>()));
        builder.Services.AddSingleton<IStateMachine>(static provider => provider.GetRequiredService<SessionStateMachine>());
        return builder;
    }
}
