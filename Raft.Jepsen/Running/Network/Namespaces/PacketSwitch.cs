using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>
/// Passes IP packets on between TUN devices, by the last number of the address, and harms them on the way as it is told. What happens to a packet is drawn
/// from a stream of random numbers that belongs to its direction. A single thread does it all; the rest is safe to use from any thread.
/// </summary>
internal sealed class PacketSwitch : IDisposable
{
    private const int MaxPorts = 256;
    private const int MostInARow = 64;
    private const int VersionOfIp = 4, IpHeaderBytes = 20, LastOfDestination = 19;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Nanoseconds for which a packet is held back, at least and at most: packets of one burst overtake it.</summary>
    private const long ShortestHold = 1_000_000, LongestHold = 10_000_000;

    private readonly RandomStreams _streams;
    private readonly ConcurrentDictionary<(int From, int To), SwitchLink> _links = new();
    private readonly PriorityQueue<Parcel, (long Due, long Number)> _waiting = new();
    private readonly SafeFileHandle _wake = NetworkCalls.MakeEvent(0, NetworkCalls.CloseOnExec | NetworkCalls.NonBlocking);
    private readonly byte[] _buffer = new byte[TunDevice.MaxPacket];
    private readonly byte[] _reset = new byte[TcpSegment.ResetBytes];
    private readonly Thread _thread;
    private volatile TunDevice?[] _ports = new TunDevice?[MaxPorts];
    private volatile bool _stop;
    private long _nextNumber;

    /// <summary>Begins to pass on.</summary>
    public PacketSwitch(RandomStreams streams)
    {
        _streams = streams;
        _thread = new Thread(Run) { IsBackground = true, Name = "packet switch" };
        _thread.Start();
    }

    /// <summary>How many packets had a fate, on all links.</summary>
    public long Count(PacketFate fate) => _links.Values.Sum(link => link.Count(fate));

    /// <summary>The direction from one port to another.</summary>
    public SwitchLink Link(int from, int to)
        => _links.GetOrAdd((from, to), _ => new SwitchLink(_streams.Open(RandomPurpose.Link, from, to)));

    /// <summary>All directions that were used or asked for.</summary>
    public IEnumerable<SwitchLink> Links => _links.Values;

    /// <summary>Plugs a device in. Owned from now on. Not to be called by two threads at the same time.</summary>
    public void Plug(int port, TunDevice device)
    {
        TunDevice?[] ports = [.. _ports];
        ports[port] = device;
        _ports = ports;
        Wake();
    }

    public void Dispose()
    {
        _stop = true;
        Wake();
        _thread.Join();
        foreach (TunDevice? device in _ports)
        {
            device?.Dispose();
        }

        _wake.Dispose();
    }

    private static long Now() => Nanoseconds(Stopwatch.GetElapsedTime(0));

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    private void Wake() => NetworkCalls.Write(_wake, MemoryMarshal.AsBytes<ulong>([1]), sizeof(ulong));

    private void Run()
    {
        Span<PolledFile> files = new PolledFile[MaxPorts + 1];
        while (!_stop)
        {
            TunDevice?[] ports = _ports;
            int count = 0;
            files[count++] = new PolledFile((int)_wake.DangerousGetHandle(), NetworkCalls.Readable, 0);
            foreach (TunDevice? device in ports)
            {
                if (device is not null)
                {
                    files[count++] = new PolledFile(device.Handle, NetworkCalls.Readable, 0);
                }
            }

            Await(files[..count]);
            if (files[0].Happened != 0)
            {
                NetworkCalls.Read(_wake, _buffer, sizeof(ulong));
            }

            int next = 1;
            for (int port = 0; port < ports.Length; port++)
            {
                if (ports[port] is { } device && files[next++].Happened != 0)
                {
                    Take(port, device);
                }
            }

            DeliverDue();
        }
    }

    /// <summary>Waits until there is something to read, or a packet is due.</summary>
    private void Await(Span<PolledFile> files)
    {
        ReadOnlySpan<PollLimit> limit = _waiting.TryPeek(out _, out (long Due, long) next) ? [PollLimit.Of(Math.Max(0, next.Due - Now()))] : default;
        if (NetworkCalls.Poll(files, (nuint)files.Length, limit, 0) < 0 && Marshal.GetLastPInvokeError() != NetworkCalls.Interrupted)
        {
            throw new IOException($"The packet switch can't wait: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Reads what a device has sent, but leaves the others their turn.</summary>
    private void Take(int from, TunDevice device)
    {
        for (int i = 0; i < MostInARow; i++)
        {
            int length = device.Read(_buffer);
            if (length == 0)
            {
                return;
            }

            Span<byte> packet = _buffer.AsSpan(0, length);
            if (length >= IpHeaderBytes && packet[0] >> 4 == VersionOfIp && _ports[packet[LastOfDestination]] is not null)
            {
                Pass(Link(from, packet[LastOfDestination]), packet[LastOfDestination], packet);
            }
        }
    }

    private void Pass(SwitchLink link, int to, Span<byte> packet)
    {
        LinkFaults faults = link.Faults;
        if (ReferenceEquals(faults, LinkFaults.None) || link.IsCut || faults.IsDown)
        {
            Arrive(link, to, packet);
        }
        else if (faults.Resets && TcpSegment.TryRead(packet, out TcpSegment segment))
        {
            segment.WriteResetForReceiver(_reset);
            _ports[to]?.Write(_reset);
            segment.WriteResetForSender(_reset);
            _ports[_reset[LastOfDestination]]?.Write(_reset);
            link.Add(PacketFate.Reset);
        }
        else
        {
            Harm(link, faults, to, packet);
        }
    }

    /// <summary>Takes the same numbers for each packet, whatever becomes of it.</summary>
    private void Harm(SwitchLink link, LinkFaults faults, int to, Span<byte> packet)
    {
        RandomStream random = link.Random;
        bool isLost = Happens(link, PacketFate.Lost, faults.Loss);
        bool isDuplicated = Happens(link, PacketFate.Duplicated, faults.Duplication, unless: isLost);
        bool isHeldBack = Happens(link, PacketFate.HeldBack, faults.Reordering, unless: isLost);
        bool isCorrupted = Happens(link, PacketFate.Corrupted, faults.Corruption, unless: isLost);
        int bit = random.Below(packet.Length * 8);
        long hold = random.Between(ShortestHold, LongestHold);
        long jitter = random.Between(0, Nanoseconds(faults.Jitter)), copyJitter = random.Between(0, Nanoseconds(faults.Jitter));
        if (isLost)
        {
            return;
        }

        if (isCorrupted)
        {
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        long due = Departure(link, faults, packet.Length) + Nanoseconds(faults.Delay);
        Send(link, to, packet, due + jitter + (isHeldBack ? hold : 0));
        if (isDuplicated)
        {
            Send(link, to, packet, due + copyJitter);
        }
    }

    private static bool Happens(SwitchLink link, PacketFate fate, int perMillion, bool unless = false)
    {
        bool happens = link.Random.Chance(perMillion) && !unless;
        if (happens)
        {
            link.Add(fate);
        }

        return happens;
    }

    /// <summary>When a packet has left that is sent now, behind all those that were sent before.</summary>
    private static long Departure(SwitchLink link, LinkFaults faults, int bytes)
    {
        long now = Now();
        if (faults.BytesPerSecond > 0)
        {
            now = link.FreeAt = Math.Max(link.FreeAt, now) + (bytes * NanosecondsPerSecond / faults.BytesPerSecond);
        }

        return now;
    }

    /// <summary>Has a packet arrive when it is due: at once, or later.</summary>
    private void Send(SwitchLink link, int to, ReadOnlySpan<byte> packet, long due)
    {
        if (due <= Now())
        {
            Arrive(link, to, packet);
        }
        else if (link.Waiting == SwitchLink.MaxWaiting)
        {
            link.Add(PacketFate.Overflowed);
        }
        else
        {
            byte[] copy = ArrayPool<byte>.Shared.Rent(packet.Length);
            packet.CopyTo(copy);
            link.Waiting++;
            link.Add(PacketFate.Delayed);
            _waiting.Enqueue(new Parcel(link, to, copy, packet.Length), (due, _nextNumber++));
        }
    }

    private void DeliverDue()
    {
        while (_waiting.TryPeek(out Parcel parcel, out (long Due, long) order) && order.Due <= Now())
        {
            _waiting.Dequeue();
            parcel.Link.Waiting--;
            Arrive(parcel.Link, parcel.To, parcel.Packet.AsSpan(0, parcel.Length));
            ArrayPool<byte>.Shared.Return(parcel.Packet);
        }
    }

    private void Arrive(SwitchLink link, int to, ReadOnlySpan<byte> packet)
    {
        bool arrives = !link.IsCut && !link.Faults.IsDown;
        link.Add(!arrives ? PacketFate.Cut : _ports[to]!.Write(packet) ? PacketFate.Delivered : PacketFate.Overflowed);
    }
}
