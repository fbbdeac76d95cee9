namespace Raft.Core.Log;

/// <summary>What an entry of the log carries. The values are part of the wire and disk formats.</summary>
public enum EntryType : byte
{
    /// <summary>A command of the state machine.</summary>
    Command = 0,

    /// <summary>The empty entry with which a leader opens its term (Raft paper, section 8).</summary>
    NoOp = 1,

    /// <summary>A cluster configuration, in force as soon as it is appended (section 6).</summary>
    Configuration = 2,

    /// <summary>Stands for a <see cref="Command"/> in the log of a witness, without its payload.</summary>
    Withheld = 3,
}
