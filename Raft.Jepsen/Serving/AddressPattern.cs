using System.Globalization;
using System.Net;
using Raft.Core.Membership;

namespace Raft.Jepsen.Serving;

/// <summary>
/// Where nodes reach each other: an address in which <c>{to}</c> stands for the id of the node that is called and <c>{from}</c> for that of the
/// caller. So each pair of nodes can have a way of its own, with a proxy on it. The way of a node to itself is where it listens.
/// </summary>
internal sealed record AddressPattern
{
    private readonly string _text;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is none; the message says what to do.</exception>
    public AddressPattern(string text)
    {
        _text = text;
        string example = Fill(1, 1);
        if (!text.Contains("{to}", StringComparison.Ordinal) || !Uri.TryCreate(example, UriKind.Absolute, out Uri? address)
            || address.Scheme is not ("http" or "https") || !IPAddress.TryParse(address.DnsSafeHost, out _))
        {
            throw new FormatException(
                $"'{text}' is no pattern of addresses. Use one like https://10.0.0.{{to}}:7000: an IP address and a port, with {{to}} for the node's id.");
        }

        IsSecure = address.Scheme == Uri.UriSchemeHttps;
    }

    /// <summary>Nodes prove to each other who they are.</summary>
    public bool IsSecure { get; }

    /// <summary>Where <paramref name="from"/> reaches <paramref name="to"/>.</summary>
    public string Way(NodeId from, NodeId to) => Fill(from.Value, to.Value);

    /// <summary>Where a node listens.</summary>
    public string Own(NodeId node) => Way(node, node);

    /// <summary>Where a node listens, as an endpoint.</summary>
    public IPEndPoint OwnEndPoint(NodeId node)
    {
        var address = new Uri(Own(node));
        return new IPEndPoint(IPAddress.Parse(address.DnsSafeHost), address.Port);
    }

    public override string ToString() => _text;

    private string Fill(ulong from, ulong to)
        => _text.Replace("{from}", from.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{to}", to.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
