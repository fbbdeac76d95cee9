using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>
/// A network device of a namespace whose cable ends in this process (TUN): what is sent through the device is read here, and what is written here arrives at
/// it, one IP packet at a time. It goes with its file.
/// </summary>
internal sealed class TunDevice : IDisposable
{
    /// <summary>No packet is longer.</summary>
    public const int MaxPacket = 1500;

    private const string Name = "link", Loopback = "lo";
    private const nuint CreateDevice = 0x4004_54CA, SetFlags = 0x8914, SetAddress = 0x8916, SetMask = 0x891C, SetMaxPacket = 0x8922;
    private const short IpPacketsOnly = 0x1001; // IFF_TUN | IFF_NO_PI
    private const short Up = 1, UpWithoutArp = 0x81; // IFF_UP, IFF_UP | IFF_NOARP
    private const int NameBytes = 16, RequestBytes = 40; // struct ifreq
    private const int AddressOffset = 4; // of the address in a struct sockaddr_in

    private readonly SafeFileHandle _file;

    private TunDevice(SafeFileHandle file) => _file = file;

    /// <summary>The file, to wait for.</summary>
    public int Handle => (int)_file.DangerousGetHandle();

    /// <summary>Makes the device in the namespace of the calling thread, and turns it and loopback on.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="mask">Which addresses are reached through it.</param>
    /// <exception cref="HarnessException">That is not possible here.</exception>
    public static TunDevice Open(IPAddress address, IPAddress mask)
    {
        SafeFileHandle file = NetworkCalls.Open("/dev/net/tun", NetworkCalls.ReadWrite | NetworkCalls.NonBlocking | NetworkCalls.CloseOnExec);
        if (file.IsInvalid)
        {
            throw new HarnessException($"/dev/net/tun can't be opened ({Marshal.GetLastPInvokeErrorMessage()})");
        }

        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            Set(file, CreateDevice, Name, IpPacketsOnly);
            Set(socket.SafeHandle, SetMaxPacket, Name, MaxPacket);
            Set(socket.SafeHandle, SetAddress, Name, address);
            Set(socket.SafeHandle, SetMask, Name, mask);
            Set(socket.SafeHandle, SetFlags, Name, UpWithoutArp);
            Set(socket.SafeHandle, SetFlags, Loopback, Up);
            return new TunDevice(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a packet that was sent.</summary>
    /// <returns>Its length; 0 when there is none now.</returns>
    public int Read(Span<byte> packet)
    {
        nint length = NetworkCalls.Read(_file, packet, (nuint)packet.Length);
        return length >= 0 || Marshal.GetLastPInvokeError() is NetworkCalls.TryAgain or NetworkCalls.Interrupted
            ? (int)Math.Max(length, 0)
            : throw new IOException($"A TUN device can't be read: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Has a packet arrive.</summary>
    /// <returns>False when the device did not take it.</returns>
    public bool Write(ReadOnlySpan<byte> packet) => NetworkCalls.Write(_file, packet, (nuint)packet.Length) == packet.Length;

    public void Dispose() => _file.Dispose();

    private static void Set(SafeHandle file, nuint what, string device, int value)
        => Set(file, what, device, argument => BinaryPrimitives.WriteInt32LittleEndian(argument, value));

    private static void Set(SafeHandle file, nuint what, string device, IPAddress address) => Set(file, what, device, argument =>
    {
        BinaryPrimitives.WriteInt16LittleEndian(argument, (short)AddressFamily.InterNetwork);
        address.GetAddressBytes().CopyTo(argument[AddressOffset..]);
    });

    private static void Set(SafeHandle file, nuint what, string device, Action<Span<byte>> fill)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        Encoding.ASCII.GetBytes(device, request);
        fill(request[NameBytes..]);
        if (NetworkCalls.Control(file, what, request) != 0)
        {
            throw new HarnessException($"the device {device} of a network namespace can't be set up ({Marshal.GetLastPInvokeErrorMessage()})");
        }
    }
}
