namespace Raft.Core.Node;

/// <summary>
/// This node appended a command and then lost leadership, or stopped, before it learned what became of it. The command may be carried out
/// now, later, or never: ask the state machine before repeating it.
/// </summary>
public sealed class OutcomeUnknownException : Exception
{
    /// <summary>Creates the exception.</summary>
    public OutcomeUnknownException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what ended the wait.</summary>
    public OutcomeUnknownException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
