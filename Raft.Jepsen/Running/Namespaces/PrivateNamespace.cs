using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>
/// A network namespace without a name: it lives as long as a thread, a process or an open file is in it, so nothing of it stays behind when this process
/// ends, however that is. A thread of its own stays inside, and opens there what others need. Safe to use from any thread.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _inside;
    private readonly SafeFileHandle _file;

    /// <summary>Makes one, with nothing in it but its loopback device.</summary>
    /// <exception cref="HarnessException">That is not possible here.</exception>
    public NetworkNamespace()
    {
        var entered = new TaskCompletionSource<SafeFileHandle>();
        _inside = new Thread(() => LiveInside(entered)) { IsBackground = true, Name = "inside a network namespace" };
        _inside.Start();
        _file = entered.Task.GetAwaiter().GetResult();
    }

    /// <summary>Takes the calling thread inside, for good.</summary>
    /// <exception cref="HarnessException">It did not work.</exception>
    public void Enter()
    {
        if (NetworkCalls.SetNamespace(_file, NetworkCalls.NewNetwork) != 0)
        {
            throw new HarnessException($"A network namespace can't be entered: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Does something inside.</summary>
    public Task<T> DoAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // It is thrown where it is waited for.
            catch (Exception error)
#pragma warning restore CA1031
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _inside.Join();
        _work.Dispose();
        _file.Dispose();
    }

    private void LiveInside(TaskCompletionSource<SafeFileHandle> entered)
    {
        if (NetworkCalls.Unshare(NetworkCalls.NewNetwork) != 0)
        {
            entered.SetException(new HarnessException($"no network namespace can be made ({Marshal.GetLastPInvokeErrorMessage()})"));
            return;
        }

        SafeFileHandle file = NetworkCalls.Open("/proc/thread-self/ns/net", NetworkCalls.CloseOnExec);
        if (file.IsInvalid)
        {
            entered.SetException(new HarnessException($"/proc/thread-self/ns/net can't be opened ({Marshal.GetLastPInvokeErrorMessage()})"));
            return;
        }

        entered.SetResult(file);
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
