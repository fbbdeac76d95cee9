namespace Raft.Core.Membership;

/// <summary>
/// A wish for other members: steps that take effect together, by one joint configuration where the voters change (Raft paper, section 6). Immutable: each
/// call returns a longer change. Whether it is possible, <see cref="ConfigurationChanger"/> decides.
/// </summary>
public sealed class ConfigurationChange
{
    private readonly ConfigurationOperation[] _operations;

    private ConfigurationChange(ConfigurationOperation[] operations) => _operations = operations;

    /// <summary>The change without steps, to begin with.</summary>
    public static ConfigurationChange Empty { get; } = new([]);

    /// <summary>The steps. Their order means nothing.</summary>
    public IReadOnlyList<ConfigurationOperation> Operations => _operations;

    /// <summary>Makes a node a voter that stores everything. For a learner this is the promotion.</summary>
    /// <param name="id">The node.</param>
    /// <param name="address">Where it is reached; <c>null</c> leaves what is known.</param>
    /// <exception cref="ArgumentException">The id is <see cref="NodeId.None"/>, or the address is empty.</exception>
    public ConfigurationChange AddVoter(NodeId id, string? address = null) => With(ConfigurationOperationKind.AddVoter, id, address);

    /// <summary>Makes a node a member that does not vote. For a voter this is the demotion.</summary>
    /// <inheritdoc cref="AddVoter"/>
    public ConfigurationChange AddLearner(NodeId id, string? address = null) => With(ConfigurationOperationKind.AddLearner, id, address);

    /// <summary>Adds a voter that stores no commands. Only for a node that is no member yet.</summary>
    /// <inheritdoc cref="AddVoter"/>
    public ConfigurationChange AddWitness(NodeId id, string? address = null) => With(ConfigurationOperationKind.AddWitness, id, address);

    /// <summary>Takes a node out of the cluster.</summary>
    /// <exception cref="ArgumentException">The id is <see cref="NodeId.None"/>.</exception>
    public ConfigurationChange Remove(NodeId id) => With(ConfigurationOperationKind.Remove, id, null);

    /// <summary>Tells where a member is reached from now on.</summary>
    /// <exception cref="ArgumentException">The id is <see cref="NodeId.None"/>, or the address is empty.</exception>
    public ConfigurationChange UpdateAddress(NodeId id, string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return With(ConfigurationOperationKind.UpdateAddress, id, address);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _operations);

    private ConfigurationChange With(ConfigurationOperationKind kind, NodeId id, string? address)
    {
        if (id.IsNone)
        {
            throw new ArgumentException("0 is not a node id.", nameof(id));
        }

        if (address is "")
        {
            throw new ArgumentException("An address has at least one character.", nameof(address));
        }

        return new ConfigurationChange([.. _operations, new ConfigurationOperation(kind, id, address)]);
    }
}
