using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>Finds TCP ports that are free on several addresses at once.</summary>
internal static class FreePorts
{
    // Below the range from which Linux draws the ports of outgoing connections, so that none of those is in the way later.
    private const int First = 15_000;
    private const int Last = 32_000;
    private const int Attempts = 200;

    /// <summary>Draws <paramref name="count"/> different ports, each free on every one of the addresses.</summary>
    /// <exception cref="OperatorException">There are none, or the addresses can't be bound.</exception>
    public static IReadOnlyList<int> Find(IReadOnlyList<IPAddress> addresses, int count)
    {
        var found = new HashSet<int>();
        for (int attempt = 0; attempt < Attempts && found.Count < count; attempt++)
        {
            int port = Random.Shared.Next(First, Last);
            if (addresses.All(address => IsFree(new IPEndPoint(address, port))))
            {
                found.Add(port);
            }
        }

        return found.Count == count
            ? [.. found]
            : throw new OperatorException(
                $"No free TCP port was found on {addresses[0]} to {addresses[^1]}. "
                    + "Check that these loopback addresses can be bound, and end other demos.");
    }

    private static bool IsFree(IPEndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
