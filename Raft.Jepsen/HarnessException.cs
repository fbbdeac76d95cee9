namespace Raft.Jepsen;

/// <summary>Something that the person at the keyboard can put right. The message is one line: what is wrong, where, and what to do.</summary>
internal sealed class HarnessException : Exception
{
    public HarnessException(string message)
        : base(message)
    {
    }

    public HarnessException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
