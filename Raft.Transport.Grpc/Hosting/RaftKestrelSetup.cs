using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>
/// Opens the address for other nodes beside those of the application. Kestrel forgets the application's URLs as soon as an address is opened by code, so they are
/// opened here too.
/// </summary>
internal sealed class RaftKestrelSetup(IOptions<RaftHostOptions> options, IConfiguration configuration, IServiceProvider services) : IConfigureOptions<KestrelServerOptions>
{
    private const string UrlsOfAspNetCore = "http://localhost:5000";

    public void Configure(KestrelServerOptions kestrel)
    {
        if (options.Value.ListenEndPoint() is not { } endPoint)
        {
            return;
        }

        kestrel.ListenRaft(endPoint, RaftBuilderExtensions.Credentials(services, options.Value));
        foreach (string url in ApplicationUrls())
        {
            Listen(kestrel, BindingAddress.Parse(url));
        }
    }

    private string[] ApplicationUrls()
    {
        const StringSplitOptions Tidy = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        if (configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } urls)
        {
            return urls.Split(';', Tidy);
        }

        string[] ports =
        [
            .. (configuration[WebHostDefaults.HttpPortsKey] ?? string.Empty).Split(';', Tidy).Select(static port => $"http://*:{port}"),
            .. (configuration[WebHostDefaults.HttpsPortsKey] ?? string.Empty).Split(';', Tidy).Select(static port => $"https://*:{port}"),
        ];
        return ports.Length > 0 ? ports
            // Endpoints of this section are opened by Kestrel itself.
            : configuration.GetSection("Kestrel:Endpoints").GetChildren().Any() ? []
            : [UrlsOfAspNetCore];
    }

    private static void Listen(KestrelServerOptions kestrel, BindingAddress address)
    {
        void Secure(ListenOptions listen)
        {
            if (string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase))
            {
                listen.UseHttps();
            }
        }

        if (address.IsUnixPipe)
        {
            kestrel.ListenUnixSocket(address.UnixPipePath, Secure);
        }
        else if (IPAddress.TryParse(address.Host, out IPAddress? ip))
        {
            kestrel.Listen(ip, address.Port, Secure);
        }
        else if (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.ListenLocalhost(address.Port, Secure);
        }
        else
        {
            kestrel.ListenAnyIP(address.Port, Secure);
        }
    }
}
