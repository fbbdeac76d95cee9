using Raft.Core.Log;
using Raft.Core.Storage;

namespace NexaLoak.Tests.Core;

/// <summary>A random walk over a log, step by step compared with lists: what the log should be, and what a disk should hold.</summary>
internal sealed class LogWalk(int appendMost = 6) : IRaftLogReader
{
    private readonly List<Entry> _log = [];
    private readonly List<Entry> _durable = [];
    private readonly Queue<(ulong Sequence, Entry[] Entries)> _writes = new();
    private ulong _term = 1;
    private ulong _sequence;

    /// <inheritdoc/>
    public void Read(ulong from, ulong to, long maxBytes, ICollection<Entry> into)
    {
        long bytes = 0;
        for (ulong index = from; index <= to && (index == from || bytes + _log[(int)index - 1].Size <= maxBytes); index++)
        {
            bytes += _log[(int)index - 1].Size;
            into.Add(_log[(int)index - 1]);
        }
    }

    public bool Survives(IEnumerable<int> steps)
    {
        var log = new RaftLog(RecoveredState.Empty, this);
        foreach (int step in steps)
        {
            Take(log, step % 6, step / 6);
            if (!Agrees(log, step))
            {
                return false;
            }
        }

        return true;
    }

    private void Take(RaftLog log, int kind, int number)
    {
        switch (kind)
        {
            case 0 or 1:
                Append(log, 1 + (number % appendMost));
                break;
            case 2 when (ulong)_log.Count > log.CommitIndex:
                Overwrite(log, (int)log.CommitIndex + (number % (_log.Count - (int)log.CommitIndex)));
                break;
            case 3 when log.HasUnwritten:
                Write(log);
                break;
            case 4 when _writes.Count > 0:
                Complete(log);
                break;
            case 5:
                log.CommitTo(log.CommitIndex + ((ulong)number % (log.StableIndex - Math.Min(log.StableIndex, log.CommitIndex) + 1)));
                log.Evict(keepBytes: 0);
                break;
            default:
                break;
        }
    }

    private void Append(RaftLog log, int count)
    {
        for (; count > 0; count--)
        {
            _log.Add(TestNode.EntryOf(_term, (ulong)_log.Count + 1));
            log.Append(_log[^1]);
        }
    }

    /// <summary>A new leader's entries: some that are there already, then one that conflicts.</summary>
    private void Overwrite(RaftLog log, int keep)
    {
        _term++;
        int from = Math.Max((int)log.CommitIndex, keep - 2);
        List<Entry> message = [.. _log[from..keep], TestNode.EntryOf(_term, (ulong)keep + 1)];
        _log.RemoveRange(keep, _log.Count - keep);
        _log.Add(message[^1]);
        log.Merge(message.ToArray());
    }

    private void Write(RaftLog log)
    {
        Entry[] entries = [.. log.TakeUnwritten(++_sequence, default).Entries.SelectMany(slice => slice.ToArray())];
        _writes.Enqueue((_sequence, entries));
    }

    private void Complete(RaftLog log)
    {
        (ulong sequence, Entry[] entries) = _writes.Dequeue();
        _durable.RemoveRange((int)entries[0].Index - 1, _durable.Count - (int)entries[0].Index + 1);
        _durable.AddRange(entries);
        log.OnPersisted(sequence);
    }

    private bool Agrees(RaftLog log, int step)
    {
        ulong last = (ulong)_log.Count;
        ulong probe = last == 0 ? 0 : 1 + ((ulong)step % last);
        bool sameEnd = log.LastIndex == last && (last == 0 || log.LastId == _log[^1].Id) && log.TermAt(last + 1) is null;
        bool sameTerm = probe == 0 || log.TermAt(probe) == _log[(int)probe - 1].Term;
        return sameEnd && sameTerm && log.StableIndex == SafelyDurable() && (probe == 0 || SlicesAgree(log, probe));
    }

    /// <summary>The common prefix of log and disk that no write under way replaces.</summary>
    private ulong SafelyDurable()
    {
        int common = 0;
        while (common < _log.Count && common < _durable.Count && _log[common].Id == _durable[common].Id)
        {
            common++;
        }

        return _writes.Aggregate((ulong)common, (least, write) => Math.Min(least, write.Entries[0].Index - 1));
    }

    private bool SlicesAgree(RaftLog log, ulong from)
    {
        while (from <= log.LastIndex)
        {
            ReadOnlyMemory<Entry> slice = log.Slice(from, log.LastIndex, long.MaxValue, out long bytes);
            if (slice.IsEmpty || bytes != slice.ToArray().Sum(entry => (long)entry.Size)
                || !slice.ToArray().SequenceEqual(_log.GetRange((int)from - 1, slice.Length)))
            {
                return false;
            }

            from += (ulong)slice.Length;
        }

        return true;
    }
}
