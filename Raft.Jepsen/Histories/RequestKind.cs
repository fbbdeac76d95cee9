namespace Raft.Jepsen.Histories;

/// <summary>What a client can ask of the store.</summary>
internal enum RequestKind
{
    /// <summary>The value of a register, the elements of a list, or the balances of all accounts of a bank.</summary>
    Read,

    /// <summary>Sets a register.</summary>
    Write,

    /// <summary>Sets a register if it has the expected value.</summary>
    Cas,

    /// <summary>Adds an element at the end of a list.</summary>
    Append,

    /// <summary>Moves an amount from one account of a bank to another.</summary>
    Transfer,
}
