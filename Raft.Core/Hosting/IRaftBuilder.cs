using Microsoft.Extensions.DependencyInjection;

namespace Raft.Core.Hosting;

/// <summary>Collects what a hosted Raft node is made of. Packages for storage and transport extend it with <c>Use…</c> methods.</summary>
public interface IRaftBuilder
{
    /// <summary>
    /// Where the parts are registered, as singletons: <see cref="Storage.IRaftStorage"/>, <see cref="Transport.IRaftTransport"/>
    /// and <see cref="StateMachine.IStateMachine"/>.
    /// </summary>
    IServiceCollection Services { get; }
}
