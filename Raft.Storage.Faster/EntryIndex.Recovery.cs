using Raft.Core.Log;

namespace Raft.Storage.Faster;

/// <summary>What recovery finds on the disk.</summary>
internal sealed partial class EntryIndex
{
    /// <summary>
    /// Takes an entry that recovery found on the disk. One at or below the base only ends those behind it. False when entries are missing before it.
    /// </summary>
    public bool TryRecover(LogId id, long address)
    {
        lock (_gate)
        {
            if (id.Index > Last + 1)
            {
                return false;
            }

            Truncate(Math.Max(id.Index, _base.Index + 1));
            if (id.Index > _base.Index)
            {
                AddTerm(id);
                _addresses.Add(address);
            }

            return true;
        }
    }

    /// <summary>Moves the base as a commit says that recovery found on the disk. False when the log should hold the entry and does not.</summary>
    public bool TryRecoverBase(LogId to, bool clearsLog)
    {
        lock (_gate)
        {
            if (to.Index < _base.Index || !(clearsLog || Holds(to)))
            {
                return false;
            }

            Move(new BaseMove(to, clearsLog, 0));
            return true;
        }
    }

    /// <summary>Takes note that the log on the disk ends at an address, once recovery has found its end.</summary>
    /// <returns>An address before which no entry lies.</returns>
    public long EndRecovery(long until)
    {
        lock (_gate)
        {
            _durableUntil = until;
            return _addresses.Count > 0 ? _addresses[0] : until;
        }
    }
}
