using NexaLoak.Orchestrator.Cloudflare;
using NexaLoak.Orchestrator.Emulator;

namespace NexaLoak.Tests.Emulator;

/// <summary>A running emulator, and a real client on real sockets that has its token.</summary>
internal sealed class EmulatorFixture : IAsyncDisposable
{
    public const string ZoneName = "example.com";
    public const string Domain = "vpn.example.com";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nexaloak-emulator-");

    private EmulatorFixture(CloudflareEmulator emulator)
    {
        Emulator = emulator;
        TokenFile = Path.Combine(_folder.FullName, "token");
        File.WriteAllText(TokenFile, $"{emulator.Token}\n");
        Client = CreateClient(Options);
        ServiceDomain = new CloudflareServiceDomain(Client, ZoneName, Domain);
    }

    public CloudflareEmulator Emulator { get; }

    public string TokenFile { get; }

    public CloudflareClient Client { get; }

    public CloudflareServiceDomain ServiceDomain { get; }

    public CloudflareOptions Options => new()
    {
        BaseAddress = Emulator.ApiBaseAddress,
        TokenFile = TokenFile,
        RequestTimeout = TimeSpan.FromSeconds(30),
        ReadRetryDelay = TimeSpan.FromMilliseconds(1),
        RequestsPerSecond = 1000,
        RequestBurst = 1000,
    };

    public static async Task<EmulatorFixture> StartAsync(Func<CloudflareEmulatorOptions, CloudflareEmulatorOptions>? change = null)
    {
        var options = new CloudflareEmulatorOptions { ZoneName = ZoneName };
        return new EmulatorFixture(await CloudflareEmulator.StartAsync(change?.Invoke(options) ?? options, CancellationToken.None));
    }

    public CloudflareClient CreateClient(CloudflareOptions options) => new(options);

    /// <summary>A plain HTTP client that knows nothing but the token.</summary>
    public HttpClient CreateHttpClient(string? token = null)
    {
        var http = new HttpClient { BaseAddress = Emulator.ApiBaseAddress };
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {token ?? Emulator.Token}");
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Emulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
