using Microsoft.Extensions.DependencyInjection;
using Raft.Core.Hosting;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>What <see cref="RaftServices.AddRaft(IServiceCollection, Action{RaftHostOptions})"/> returns.</summary>
internal sealed class RaftBuilder(IServiceCollection services) : IRaftBuilder
{
    public IServiceCollection Services { get; } = services;
}
