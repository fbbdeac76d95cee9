using System.Buffers;
using BenchmarkDotNet.Attributes;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Transport.Grpc.Codec;

namespace NexaLoak.Benchmarks.Transport;

/// <summary>
/// What it costs to encode one append of 64 entries of 256 bytes for four peers: for each of them by itself, as the transport does it, and the least that
/// could be paid if the entries were encoded once for all, since their bytes must still get into each peer's frame.
/// </summary>
[MemoryDiagnoser]
public class AppendEncoding
{
    private const int Peers = 4;
    private const int Entries = 64;
    private const int PayloadBytes = 256;

    private readonly ArrayBufferWriter<byte> _frame = new(32 * 1024);
    private readonly ArrayBufferWriter<byte> _once = new(32 * 1024);
    private Message _append;
    private Message _empty;

    /// <summary>Makes the message.</summary>
    [GlobalSetup]
    public void Create()
    {
        var entries = new Entry[Entries];
        for (int i = 0; i < Entries; i++)
        {
            entries[i] = new Entry(7, 1_000_000 + (ulong)i, EntryType.Command, new byte[PayloadBytes]);
        }

        _empty = new Message
        {
            Type = MessageType.AppendRequest,
            From = new NodeId(1),
            To = new NodeId(2),
            Term = 7,
            LogIndex = 999_999,
            LogTerm = 7,
            Commit = 999_990,
        };
        _append = _empty with { Entries = entries };
    }

    /// <summary>Sized when it is queued and when a frame has room for it, and written into each peer's frame.</summary>
    [Benchmark(Baseline = true)]
    public int ForEachPeer()
    {
        int bytes = 0;
        for (int peer = 0; peer < Peers; peer++)
        {
            bytes += MessageEncoder.SizeInFrame(_append);
            _frame.ResetWrittenCount();
            bytes += MessageEncoder.SizeInFrame(_append);
            MessageEncoder.Append(_append, _frame);
            bytes += _frame.WrittenCount;
        }

        return bytes;
    }

    /// <summary>Sized and encoded once, and copied into each peer's frame behind what differs.</summary>
    [Benchmark]
    public int OnceForAll()
    {
        _once.ResetWrittenCount();
        int bytes = MessageEncoder.SizeInFrame(_append);
        MessageEncoder.Append(_append, _once);
        for (int peer = 0; peer < Peers; peer++)
        {
            _frame.ResetWrittenCount();
            MessageEncoder.Append(_empty, _frame);
            _frame.Write(_once.WrittenSpan);
            bytes += _frame.WrittenCount;
        }

        return bytes;
    }
}
