namespace Raft.Core.Membership;

/// <summary>What one step of a <see cref="ConfigurationChange"/> asks for.</summary>
public enum ConfigurationOperationKind : byte
{
    /// <summary>The node shall vote and store everything; a learner is promoted.</summary>
    AddVoter = 0,

    /// <summary>The node shall receive the log and not vote; a voter is demoted.</summary>
    AddLearner = 1,

    /// <summary>The node shall vote and store no commands.</summary>
    AddWitness = 2,

    /// <summary>The node shall not belong to the cluster.</summary>
    Remove = 3,

    /// <summary>The node is reached elsewhere from now on.</summary>
    UpdateAddress = 4,
}
