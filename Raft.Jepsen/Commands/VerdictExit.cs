using Raft.Jepsen.Running;
using Raft.Jepsen.Running.Processes;

namespace Raft.Jepsen.Commands;

/// <summary>Ends a command with a verdict about a cluster as its exit code. Whatever goes wrong beside the cluster is no verdict.</summary>
internal static class VerdictExit
{
    /// <summary>Acts until there is a verdict, or a signal says to stop.</summary>
    /// <param name="error">Gets a line when there is no verdict.</param>
    /// <param name="act">What leads to the verdict.</param>
    public static async Task<int> OfAsync(TextWriter error, Func<CancellationToken, Task<RunVerdict>> act)
    {
        using var signal = new StopSignal();
        try
        {
            return (int)await act(signal.Token).ConfigureAwait(false);
        }
        catch (HarnessException e)
        {
            error.WriteLine($"raft-jepsen: {e.Message.ReplaceLineEndings(" ")}");
        }
#pragma warning disable CA1031 // The last resort: whatever else goes wrong says nothing about the cluster, and must not look like a verdict.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error.WriteLine($"raft-jepsen: unexpected {e}");
        }

        return (int)RunVerdict.CouldNotTell;
    }
}
