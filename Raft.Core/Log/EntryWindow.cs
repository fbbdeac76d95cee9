namespace Raft.Core.Log;

/// <summary>
/// The newest stretch of the log, in memory. Entries lie in chunks that are never written twice, so a slice handed out stays as it was
/// whatever happens to the log, and messages need no copies.
/// </summary>
internal sealed class EntryWindow(ulong firstIndex)
{
    private const int ChunkEntries = 512;

    private readonly List<Chunk> _chunks = [];
    private ulong _firstIndex = firstIndex;
    private ulong _nextIndex = firstIndex;
    private long _bytes;

    /// <summary>Index of the oldest entry in memory; the next entry's when there is none.</summary>
    public ulong FirstIndex => _firstIndex;

    public void Append(in Entry entry)
    {
        RaftInvariantException.Require(entry.Index == _nextIndex, "the window has no gap");
        if (_chunks.Count == 0 || _chunks[^1].Count == ChunkEntries)
        {
            _chunks.Add(new Chunk(entry.Index));
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
            Chunk kept = cut.CopyUpTo(index);
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
        _chunks.Clear();
        _bytes = 0;
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
        _bytes -= _chunks[position].Bytes;
        _chunks.RemoveAt(position);
    }

    private sealed class Chunk(ulong firstIndex)
    {
        public readonly Entry[] Items = new Entry[ChunkEntries];

        public ulong FirstIndex { get; } = firstIndex;

        public int Count { get; private set; }

        public long Bytes { get; private set; }

        public void Add(in Entry entry)
        {
            Items[Count++] = entry;
            Bytes += entry.Size;
        }

        public Chunk CopyUpTo(ulong index)
        {
            var copy = new Chunk(FirstIndex);
            for (int i = 0; FirstIndex + (ulong)i < index; i++)
            {
                copy.Add(Items[i]);
            }

            return copy;
        }
    }
}
