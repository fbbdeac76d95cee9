namespace NexaLoak.Orchestrator;

/// <summary>Something that the person at the keyboard can put right. The message is one line: what is wrong, where, and what to do.</summary>
internal sealed class OperatorException : Exception
{
    public OperatorException(string message)
        : base(message)
    {
    }

    public OperatorException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
