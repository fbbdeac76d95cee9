namespace NexaLoak.Tests.Core.Scripting;

// Reads, by a round of messages or without any.
internal sealed partial class ScriptEnvironment
{
    /// <summary><c>read-index 1 2</c>: begins a read at each node.</summary>
    [Verb("read-index")]
    private void ReadIndex(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            ulong context = node.Core.RequestRead();
            _output.Add($"  {node.Id}: {(context == 0 ? "no leader is known" : $"read {context} begins")}");
        }
    }

    [Verb("lease-read")]
    private void LeaseRead(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            bool isOpen = node.Core.TryLeaseRead(out ulong index);
            _output.Add($"  {node.Id}: {(isOpen ? $"may be served at {index}" : "refused")}");
        }
    }

    /// <summary><c>stale-read 2 max-age=5000</c>, in microseconds.</summary>
    [Verb("stale-read")]
    private void StaleRead(ScriptCommand command)
    {
        long maxAge = (long)command.TakeNumber("max-age", 0);
        foreach (ScriptNode node in TakeNodes(command))
        {
            bool isFresh = node.Core.TryBoundedStaleRead(maxAge, out ulong index);
            _output.Add($"  {node.Id}: {(isFresh ? $"may be served at {index}" : "refused")}");
        }
    }
}
