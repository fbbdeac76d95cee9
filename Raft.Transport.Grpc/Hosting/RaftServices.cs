using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Raft.Core.Hosting;
using Raft.Core.Membership;
using Raft.Core.Node;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Core.Transport;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Adds a Raft node to an application: <see cref="IRaft"/> is then to be had from its services.</summary>
public static class RaftServices
{
    private const string DefaultSection = "Raft";

    /// <summary>
    /// Adds a node that starts and stops with the application, described by a section of the configuration: the properties of <see cref="RaftHostOptions"/>
    /// are the keys. When the node can't go on, the application stops and the log says why; <see cref="IRaft.Completion"/> tells it afterwards.
    /// </summary>
    /// <returns>What names storage, transport and state machine.</returns>
    /// <exception cref="InvalidOperationException">The application has a node already.</exception>
    public static IRaftBuilder AddRaft(this IServiceCollection services, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        IRaftBuilder builder = AddNode(services, section.Path);
        services.AddOptions<RaftHostOptions>().Bind(section);
        return builder;
    }

    /// <summary>Adds a node that starts and stops with the application, described by code.</summary>
    /// <inheritdoc cref="AddRaft(IServiceCollection, IConfigurationSection)"/>
    public static IRaftBuilder AddRaft(this IServiceCollection services, Action<RaftHostOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        IRaftBuilder builder = AddNode(services, DefaultSection);
        services.Configure(configure);
        return builder;
    }

    private static RaftBuilder AddNode(IServiceCollection services, string section)
    {
        if (services.Any(static service => service.ServiceType == typeof(RaftNode)))
        {
            throw new InvalidOperationException("AddRaft was called twice; an application hosts one node.");
        }

        services.AddSingleton<IValidateOptions<RaftHostOptions>>(new RaftHostOptionsValidator(section));
        services.AddOptions<RaftHostOptions>().ValidateOnStart();
        services.AddSingleton(CreateNode);
        services.AddSingleton<IRaft>(static provider => provider.GetRequiredService<RaftNode>());
        services.AddSingleton<InboundCalls>();
        services.AddHostedService<RaftHostedService>();
        return new RaftBuilder(services);
    }

    /// <summary>What the node itself is told, of options that were found to be valid.</summary>
    internal static RaftNodeOptions NodeOptions(RaftHostOptions options) => new()
    {
        Id = new NodeId(options.NodeId),
        Configuration = options.Configuration(),
        TickInterval = options.TickInterval,
        Raft = options.Consensus,
        Snapshots = options.Snapshots,
        MaxStaleness = options.MaxStaleness,
        ClusterId = options.ClusterId,
        MailboxCapacity = options.MailboxCapacity,
        MailboxBytes = options.MailboxBytes,
        EventCapacity = options.EventCapacity,
        MaxWriteStallTicks = options.MaxWriteStallTicks,
        StopTimeout = options.StopTimeout,
    };

    private static RaftNode CreateNode(IServiceProvider provider)
    {
        RaftHostOptions options = provider.GetRequiredService<IOptions<RaftHostOptions>>().Value;
        return new RaftNode(
            NodeOptions(options),
            Require<IRaftStorage>(provider, "storage, such as UseFasterStorage"),
            Require<IRaftTransport>(provider, "transport, such as UseGrpcTransport"),
            Require<IStateMachine>(provider, "state machine: UseStateMachine"),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<RaftNode>>());
    }

    private static T Require<T>(IServiceProvider provider, string what)
        where T : class
        => provider.GetService<T>() ?? throw new InvalidOperationException($"The Raft node lacks a {what}; call it on what AddRaft returns.");
}
