namespace Raft.Core.Storage;

/// <summary>Told by a storage what became of its writes. Calls come from the storage's threads and must return quickly.</summary>
public interface IStorageListener
{
    /// <summary>Every write up to and including <paramref name="sequence"/> is on stable storage. Called in ascending order.</summary>
    void OnPersisted(ulong sequence);

    /// <summary>A write or sync failed; nothing after the last reported sequence is promised, and no further report comes.</summary>
    void OnFailed(Exception error);
}
