using System.Buffers.Binary;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;
using NUnit.Framework;
using Raft.Transport.Grpc.Wire;

namespace NexaLoak.Tests.Transport;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class GrpcFrameReaderTests
{
    private const int Limit = 1 << 20;

    [Property]
    public bool Messages_arrive_whole_however_the_network_cuts_them(byte[][] messages, int seed)
    {
        byte[] body = messages.SelectMany(Frame).ToArray();
        using var stream = new ChoppedStream(body, new Random(seed));
        using var reader = new GrpcFrameReader(stream, Limit);
        List<byte[]> read = ReadAll(reader);
        return read.Count == messages.Length && read.Zip(messages).All(static m => m.First.AsSpan().SequenceEqual(m.Second));
    }

    [Property]
    public bool Random_bytes_end_in_messages_or_in_a_status(byte[] body, int seed)
    {
        using var stream = new ChoppedStream(body, new Random(seed));
        using var reader = new GrpcFrameReader(stream, Limit);
        try
        {
            ReadAll(reader);
            return true;
        }
        catch (GrpcException e)
        {
            return e.Status.Code is GrpcStatusCode.Internal or GrpcStatusCode.Unimplemented or GrpcStatusCode.ResourceExhausted;
        }
    }

    [TestCase(new byte[] { 0, 0, 0, 0, 5, 1, 2 }, GrpcStatusCode.Internal)]
    [TestCase(new byte[] { 0, 0 }, GrpcStatusCode.Internal)]
    [TestCase(new byte[] { 1, 0, 0, 0, 1, 1 }, GrpcStatusCode.Unimplemented)]
    [TestCase(new byte[] { 2, 0, 0, 0, 1, 1 }, GrpcStatusCode.Internal)]
    [TestCase(new byte[] { 0, 0, 16, 0, 1 }, GrpcStatusCode.ResourceExhausted)]
    [TestCase(new byte[] { 0, 255, 255, 255, 255 }, GrpcStatusCode.ResourceExhausted)]
    public void A_bad_frame_ends_the_call_with_the_status_of_the_specification(byte[] body, object status)
    {
        using var stream = new MemoryStream(body);
        using var reader = new GrpcFrameReader(stream, Limit);

        GrpcException error = Assert.Throws<GrpcException>(() => ReadAll(reader))!;
        Assert.That(error.Status.Code, Is.EqualTo(status));
    }

    [Test]
    public void A_claimed_length_takes_no_memory_before_its_bytes_arrive()
    {
        byte[] header = [0, 0x3F, 0xFF, 0xFF, 0xFF, 1, 2, 3];
        using var stream = new MemoryStream(header);
        using var reader = new GrpcFrameReader(stream, int.MaxValue);

        Assert.Throws<GrpcException>(() => ReadAll(reader));
        Assert.That(reader.BufferedCapacity, Is.LessThan(100_000));
    }

    [Test]
    public async Task The_memory_of_a_large_message_is_given_back()
    {
        byte[] body = [.. Frame(new byte[Limit]), .. Frame([1])];
        using var stream = new ChoppedStream(body, new Random(1));
        using var reader = new GrpcFrameReader(stream, Limit);

        Assert.That(await reader.ReadAsync(CancellationToken.None));
        Assert.That(reader.Message.Length, Is.EqualTo(Limit));
        Assert.That(reader.BufferedCapacity, Is.GreaterThanOrEqualTo(Limit));
        Assert.That(await reader.ReadAsync(CancellationToken.None));
        Assert.That(await reader.ReadAsync(CancellationToken.None), Is.False);
        Assert.That(reader.BufferedCapacity, Is.LessThan(Limit));
    }

    internal static byte[] Frame(byte[] message)
    {
        byte[] frame = new byte[GrpcFrameReader.HeaderBytes + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, GrpcFrameReader.HeaderBytes);
        return frame;
    }

    private static List<byte[]> ReadAll(GrpcFrameReader reader)
    {
        var read = new List<byte[]>();
        while (reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
        {
            read.Add(reader.Message.ToArray());
        }

        return read;
    }

    /// <summary>Delivers a body in pieces of random length.</summary>
    private sealed class ChoppedStream(byte[] body, Random random) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..random.Next(1, Math.Min(buffer.Length, 70_000) + 1)], cancellationToken);
    }
}
