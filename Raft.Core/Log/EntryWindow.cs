namespace Raft.Core.Log;

/// <summary>
/// The newest stretch of the log, in memory. Entries lie in chunks that are never written twice, so a slice handed out stays as it was
/// whatever happens to the log, and messages need no copies. A chunk is used again only after the driver has released what was handed out of it.
/// </summary>
internal sealed class EntryWindow(ulong firstIndex)
{
    private const int ChunkEntries = 512;
    private const int MaxRetiredChunks = 64;

    private readonly RecycleBin<Chunk> _retired = new(MaxRetiredChunks);
    private readonly List<Chunk> _chunks = [];
    private ulong _firstIndex = firstIndex;
    private ulong _nextIndex = firstIndex;
    private long _bytes;

    /// <summary>Number of the newest Ready that may have handed out entries.</summary>
    public ulong HandedOut { get; set; }

    /// <summary>Nobody looks any more at what was handed out by the Ready with that number or an earlier one.</summary>
    public void Release(ulong number) => _retired.Release(number);

    /// <summary>Index of the oldest entry in memory; the next entry's when there is none.</summary>
    public ulong FirstIndex => _firstIndex;

    public void Append(in Entry entry)
    {
        RaftInvariantException.Require(entry.Index == _nextIndex, "the window has no gap");
        if (_chunks.Count == 0 || _chunks[^1].Count == ChunkEntries)
        {
            _chunks.Add(NewChunk(entry.Index));
        }

        _chunks[^1].Add(entry);
        _bytes += entry.Size;
        _nextIndex++;
    }

    /// <summary>Drops the entry at <paramref name="index"/> and all behind it.</summary>
    public void TruncateFrom(ulong index)
    {
        while (_chunks.Count > 0 && _chunks[^1].FirstIndex >= index)
        {
            RemoveChunk(_chunks.Count - 1);
        }

        if (_chunks.Count > 0 && _chunks[^1].FirstIndex + (ulong)_chunks[^1].Count > index)
        {
            Chunk cut = _chunks[^1];
            RemoveChunk(_chunks.Count - 1);
            Chunk kept = NewChunk(cut.FirstIndex);
            kept.Take(cut, index);
            _chunks.Add(kept);
            _bytes += kept.Bytes;
        }

        _firstIndex = Math.Min(_firstIndex, index);
        _nextIndex = Math.Min(_nextIndex, index);
    }

    /// <summary>Gives up old entries, none above <paramref name="upTo"/>, while more than <paramref name="keepBytes"/> would be left.</summary>
    public void Evict(ulong upTo, long keepBytes)
    {
        while (_chunks.Count > 1 && _chunks[1].FirstIndex - 1 <= upTo && _bytes - _chunks[0].Bytes >= keepBytes)
        {
            RemoveChunk(0);
            _firstIndex = _chunks[0].FirstIndex;
        }
    }

    /// <summary>Gives up entries at or below <paramref name="index"/>, as far as they fill whole chunks.</summary>
    public void Compact(ulong index)
    {
        while (_chunks.Count > 0 && _chunks[0].FirstIndex + (ulong)_chunks[0].Count - 1 <= index)
        {
            _firstIndex = _chunks[0].FirstIndex + (ulong)_chunks[0].Count;
            RemoveChunk(0);
        }
    }

    /// <summary>Forgets everything and goes on at <paramref name="nextIndex"/>.</summary>
    public void Reset(ulong nextIndex)
    {
        while (_chunks.Count > 0)
        {
            RemoveChunk(_chunks.Count - 1);
        }

        _firstIndex = nextIndex;
        _nextIndex = nextIndex;
    }

    /// <summary>
    /// Entries from <paramref name="from"/> on, which is in the window, up to <paramref name="to"/>, the end of a chunk or <paramref name="maxBytes"/>,
    /// whichever comes first; at least one.
    /// </summary>
    public ReadOnlyMemory<Entry> Slice(ulong from, ulong to, long maxBytes, out long bytes)
    {
        Chunk chunk = _chunks[ChunkOf(from)];
        int start = (int)(from - chunk.FirstIndex);
        int limit = (int)Math.Min((ulong)chunk.Count, to - chunk.FirstIndex + 1);
        int end = start + 1;
        bytes = chunk.Items[start].Size;
        while (end < limit && bytes + chunk.Items[end].Size <= maxBytes)
        {
            bytes += chunk.Items[end++].Size;
        }

        return chunk.Items.AsMemory(start, end - start);
    }

    private int ChunkOf(ulong index)
    {
        int low = 0;
        int high = _chunks.Count - 1;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (_chunks[middle].FirstIndex <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private void RemoveChunk(int position)
    {
        Chunk removed = _chunks[position];
        _bytes -= removed.Bytes;
        _chunks.RemoveAt(position);
        _retired.Retire(removed, HandedOut);
    }

    private Chunk NewChunk(ulong firstIndex)
    {
        Chunk chunk = _retired.Take() ?? new Chunk();
        chunk.Begin(firstIndex);
        return chunk;
    }

    private sealed class Chunk
    {
        public readonly Entry[] Items = new Entry[ChunkEntries];

        public ulong FirstIndex { get; private set; }

        public int Count { get; private set; }

        public long Bytes { get; private set; }

        public void Begin(ulong firstIndex)
        {
            Items.AsSpan(0, Count).Clear();
            FirstIndex = firstIndex;
            Count = 0;
            Bytes = 0;
        }

        public void Add(in Entry entry)
        {
            Items[Count++] = entry;
            Bytes += entry.Size;
        }

        /// <summary>Takes the entries of another chunk below <paramref name="index"/>.</summary>
        public void Take(Chunk other, ulong index)
        {
            for (int i = 0; FirstIndex + (ulong)i < index; i++)
            {
                Add(other.Items[i]);
            }
        }
    }
}
