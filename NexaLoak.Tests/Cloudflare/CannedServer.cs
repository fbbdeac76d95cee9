using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NexaLoak.Tests.Cloudflare;

/// <summary>An HTTP server that answers every request alike, byte for byte, and then closes the connection.</summary>
internal sealed class CannedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<string, string> _answer;
    private readonly Task _loop;
    private int _requests;

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Makes the whole answer, status line and all, from the head of the request.</param>
    public CannedServer(Func<string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = ServeAsync();
    }

    public Uri BaseAddress => new($"http://{_listener.LocalEndpoint}/client/v4/");

    public int Requests => Volatile.Read(ref _requests);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _listener.Stop();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                string head = await ReadHeadAsync(client.GetStream());
                Interlocked.Increment(ref _requests);
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(_answer(head)), _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int count = await stream.ReadAsync(buffer, _stopping.Token);
            if (count == 0)
            {
                break;
            }

            head.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return head.ToString();
    }
}
