using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>
/// Connections whose other side has not proven yet to be a node of the cluster: strangers can open as many as they like. They have ten seconds for the
/// first byte, and as many for the TLS handshake; and beyond a bound the one that waits longest is closed, because a node proves itself at once. Whoever
/// is turned away is in the log. Safe for concurrent use.
/// </summary>
internal sealed class Arrivals(PeerAuthentication authentication, RefusalLog refusals)
{
    /// <summary>How many may wait.</summary>
    public const int MaxWaiting = 256;

    private const byte TlsHandshakeRecord = 0x16;

    private static readonly TimeSpan _firstByteTimeout = TimeSpan.FromSeconds(10);

    private readonly LinkedList<Arrival> _waiting = [];

    /// <summary>Runs a connection if the caller speaks TLS.</summary>
    public async Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var arrival = new Arrival(connection);
        connection.Features.Set(arrival);
        Enter(arrival);
        try
        {
            if (await SpeaksTlsAsync(arrival).ConfigureAwait(false))
            {
                await RunAsync(arrival, next).ConfigureAwait(false);
            }
            else
            {
                connection.Abort();
            }
        }
        finally
        {
            Leave(arrival);
        }
    }

    /// <summary>The settings for the TLS handshake of a connection that was admitted.</summary>
    public SslServerAuthenticationOptions Receive(ConnectionContext connection)
    {
        Arrival arrival = connection.Features.GetRequiredFeature<Arrival>();
        return authentication.CreateServerOptions(
            peer =>
            {
                connection.Features.Set(new RaftPeerFeature(peer));
                Leave(arrival);
            },
            refusal => Refuse(arrival, refusal));
    }

    private void Enter(Arrival arrival)
    {
        Arrival? longest = null;
        lock (_waiting)
        {
            if (_waiting.Count >= MaxWaiting)
            {
                longest = _waiting.First!.Value;
                _waiting.RemoveFirst();
            }

            _waiting.AddLast(arrival.Place);
        }

        if (longest is not null)
        {
            Refuse(longest, $"more than {MaxWaiting} connections have not proven yet to come from nodes, and it waited longest");
            longest.Connection.Abort();
        }
    }

    private void Leave(Arrival arrival)
    {
        lock (_waiting)
        {
            if (arrival.Place.List is not null)
            {
                _waiting.Remove(arrival.Place);
            }
        }
    }

    // The TLS layer would drop a caller in plain text too, but without a word about the reason.
    private async Task<bool> SpeaksTlsAsync(Arrival arrival)
    {
        ConnectionContext connection = arrival.Connection;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        end.CancelAfter(_firstByteTimeout);
        PipeReader input = connection.Transport.Input;
        try
        {
            ReadResult read = await input.ReadAsync(end.Token).ConfigureAwait(false);
            byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
            input.AdvanceTo(read.Buffer.Start);
            if (first is not null and not TlsHandshakeRecord)
            {
                Refuse(arrival, "it does not speak TLS");
            }

            return first == TlsHandshakeRecord;
        }
        catch (OperationCanceledException) when (!connection.ConnectionClosed.IsCancellationRequested)
        {
            Refuse(arrival, $"it said nothing for {_firstByteTimeout.TotalSeconds:0} seconds");
            return false;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It has gone.
            return false;
        }
    }

    private async Task RunAsync(Arrival arrival, ConnectionDelegate next)
    {
        IFeatureCollection features = arrival.Connection.Features;
        try
        {
            await next(arrival.Connection).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A stranger's bytes can make the TLS layer throw anything, which the server would report as a defect, each time.
        catch (Exception) when (features.Get<RaftPeerFeature>() is null)
#pragma warning restore CA1031
        {
            arrival.Connection.Abort();
        }

        if (features.Get<RaftPeerFeature>() is null)
        {
            Refuse(arrival, "it did not complete the TLS handshake");
        }
    }

    /// <summary>Once for a connection: what comes after the first reason follows from it.</summary>
    private void Refuse(Arrival arrival, string why)
    {
        if (arrival.TryRefuse())
        {
            refusals.Refused(arrival.Connection.RemoteEndPoint is IPEndPoint remote ? $"A connection from {remote.Address}" : "A connection", why);
        }
    }

    /// <summary>A connection, and its place among those that wait.</summary>
    private sealed class Arrival
    {
        private bool _refused;

        public Arrival(ConnectionContext connection)
        {
            Connection = connection;
            Place = new LinkedListNode<Arrival>(this);
        }

        public ConnectionContext Connection { get; }

        public LinkedListNode<Arrival> Place { get; }

        public bool TryRefuse() => !Interlocked.Exchange(ref _refused, true);
    }
}
