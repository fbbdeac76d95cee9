namespace Raft.Core.Membership;

/// <summary>Why a <see cref="ConfigurationChange"/> is not possible.</summary>
public enum ConfigurationRefusalReason : byte
{
    /// <summary>The configuration is joint: another change is not finished.</summary>
    Joint = 0,

    /// <summary>Two steps want different things for one node.</summary>
    Contradiction = 1,

    /// <summary>No voter would be left.</summary>
    NoVoter = 2,

    /// <summary>All voters would be witnesses, and nobody would store the commands.</summary>
    OnlyWitnesses = 3,

    /// <summary>A witness shall become another kind of member, or the other way round: its log lacks the commands. It must come back under a new id.</summary>
    WitnessInPlace = 4,

    /// <summary>The address is for a node that is no member.</summary>
    NotAMember = 5,

    /// <summary>Everything is as the change wants it.</summary>
    NothingChanges = 6,
}
