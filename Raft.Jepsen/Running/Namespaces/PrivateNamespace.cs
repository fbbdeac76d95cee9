using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Raft.Jepsen.Running.Namespaces;

/// <summary>
/// A namespace without a name: it lives as long as a thread, a process or an open file is in it, so nothing of it stays behind when this process
/// ends, however that is. A thread of its own stays inside, and does there what others need. Safe to use from any thread.
/// </summary>
internal sealed class PrivateNamespace : IDisposable
{
    private readonly NamespaceKind _kind;
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _inside;
    private readonly SafeFileHandle _file;

    /// <summary>Makes one: of a network with nothing in it but its loopback device, of mounts with all that is mounted here by now.</summary>
    /// <exception cref="HarnessException">That is not possible here.</exception>
    public PrivateNamespace(NamespaceKind kind)
    {
        _kind = kind;
        var entered = new TaskCompletionSource<SafeFileHandle>();
        _inside = new Thread(() => LiveInside(entered)) { IsBackground = true, Name = $"inside a {Name} namespace" };
        _inside.Start();
        _file = entered.Task.GetAwaiter().GetResult();
    }

    private string Name => _kind == NamespaceKind.Network ? "network" : "mount";

    private int Flag => _kind == NamespaceKind.Network ? NamespaceCalls.NewNetwork : NamespaceCalls.NewMounts;

    private string OwnFile => _kind == NamespaceKind.Network ? "/proc/thread-self/ns/net" : "/proc/thread-self/ns/mnt";

    /// <summary>Takes the calling thread inside, for good.</summary>
    /// <exception cref="HarnessException">It did not work.</exception>
    public void Enter()
    {
        bool isFree = _kind == NamespaceKind.Network || NamespaceCalls.Unshare(NamespaceCalls.OwnDirectories) == 0;
        if (!isFree || NamespaceCalls.Enter(_file, Flag) != 0)
        {
            throw new HarnessException($"A {Name} namespace can't be entered: {Marshal.GetLastPInvokeErrorMessage()}.");
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
        if (NamespaceCalls.Unshare(Flag) != 0)
        {
            entered.SetException(new HarnessException($"no {Name} namespace can be made ({Marshal.GetLastPInvokeErrorMessage()})"));
            return;
        }

        SafeFileHandle file = NamespaceCalls.Open(OwnFile);
        if (file.IsInvalid)
        {
            entered.SetException(new HarnessException($"{OwnFile} can't be opened ({Marshal.GetLastPInvokeErrorMessage()})"));
            return;
        }

        entered.SetResult(file);
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
