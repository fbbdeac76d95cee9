using Raft.Core.Storage;

namespace NexaLoak.Tests.Storage.Broken;

/// <summary>Reports something else than what the storage says.</summary>
internal sealed class BrokenListener(IStorageListener listener, Action<IStorageListener, ulong> onPersisted) : IStorageListener
{
    public void OnPersisted(ulong sequence) => onPersisted(listener, sequence);

    public void OnFailed(Exception error) => listener.OnFailed(error);
}
