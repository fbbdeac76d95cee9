namespace NexaLoak.Tests.Storage;

/// <summary>A file of a <see cref="SimulatedDisk"/>: what was written, and what of it a sync made durable, by sector.</summary>
internal sealed class SimulatedFile(byte[] content)
{
    private const int SectorBytes = 512;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _dirty = [];
    private byte[] _durable = [.. content];
    private long _discarded;

    public byte[] Content { get; private set; } = content;

    /// <summary>Bytes that it takes on the disk.</summary>
    public long Room => Content.Length - _discarded;

    public void Read(long offset, Span<byte> into)
    {
        lock (_gate)
        {
            into.Clear();
            if (offset < Content.Length)
            {
                Content.AsSpan((int)offset, (int)Math.Min(into.Length, Content.Length - offset)).CopyTo(into);
            }
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (offset + bytes.Length > Content.Length)
            {
                byte[] grown = new byte[offset + bytes.Length];
                Content.CopyTo(grown, 0);
                Content = grown;
            }

            bytes.CopyTo(Content.AsSpan((int)offset));
            for (long sector = offset / SectorBytes; sector * SectorBytes < offset + bytes.Length; sector++)
            {
                _dirty.Add((int)sector);
            }
        }
    }

    public void Sync()
    {
        lock (_gate)
        {
            _durable = [.. Content];
            _dirty.Clear();
        }
    }

    /// <summary>Gives back the room of the first bytes. A crash leaves each of their sectors as it was, or as zeros.</summary>
    public void Discard(long length)
    {
        Write(0, new byte[length]);
        _discarded = length;
    }

    public byte[] AfterPowerCut(Random random)
    {
        lock (_gate)
        {
            byte[] left = new byte[random.Next(2) == 0 ? _durable.Length : Content.Length];
            _durable.CopyTo(left, 0);
            foreach (int sector in _dirty.Order().Where(_ => random.Next(2) == 0))
            {
                CopySector(sector, left);
            }

            return left;
        }
    }

    /// <summary>Every content that a loss of power can leave now.</summary>
    public IReadOnlyList<byte[]> AfterEveryPowerCut()
    {
        lock (_gate)
        {
            int[] dirty = [.. _dirty.Order()];
            var left = new List<byte[]>();
            foreach (int length in new[] { _durable.Length, Content.Length }.Distinct())
            {
                for (int kept = 0; kept < 1 << dirty.Length; kept++)
                {
                    byte[] content = new byte[length];
                    _durable.AsSpan(0, Math.Min(length, _durable.Length)).CopyTo(content);
                    foreach (int sector in dirty.Where((_, place) => (kept >> place & 1) == 1))
                    {
                        CopySector(sector, content);
                    }

                    left.Add(content);
                }
            }

            return left;
        }
    }

    /// <summary>Makes the file shorter, as damage does.</summary>
    public void Cut(int length) => Content = Content[..length];

    private void CopySector(int sector, byte[] into)
    {
        int at = sector * SectorBytes;
        int bytes = Math.Min(SectorBytes, into.Length - at);
        if (bytes > 0)
        {
            Content.AsSpan(at, bytes).CopyTo(into.AsSpan(at));
        }
    }
}
