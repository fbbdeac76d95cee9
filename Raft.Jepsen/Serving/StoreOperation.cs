namespace Raft.Jepsen.Serving;

/// <summary>What the store can be asked for.</summary>
internal enum StoreOperation
{
    /// <summary>The value of a key. Never part of the log.</summary>
    Read,

    /// <summary>Sets a register.</summary>
    Write,

    /// <summary>Sets a register if it has the expected value.</summary>
    Cas,

    /// <summary>Adds an element at the end of a list.</summary>
    Append,

    /// <summary>Moves an amount from one account of a bank to another that the first one has.</summary>
    Transfer,

    /// <summary>Creates a bank with its accounts, unless it exists.</summary>
    Open,
}
