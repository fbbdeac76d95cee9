using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Raft.Core.Membership;

namespace Raft.Transport.Grpc.Security;

/// <summary>Who a node is: a member of one cluster. Certificates carry it as the URI <c>nexaloak://CLUSTER/NODE</c>.</summary>
public sealed record NodeIdentity
{
    /// <summary>Longest cluster id, in characters: what a name in a certificate may hold (RFC 5280, appendix A.1).</summary>
    public const int MaxClusterIdLength = 64;

    private const string UriPrefix = "nexaloak://";
    private const string SubjectAlternativeNameOid = "2.5.29.17";

    // GeneralName ::= CHOICE { ... uniformResourceIdentifier [6] IA5String ... } (RFC 5280, section 4.2.1.6).
    private static readonly Asn1Tag _uriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>Names a node.</summary>
    /// <exception cref="ArgumentException">The cluster id is not valid (<see cref="IsValidClusterId"/>), or the node id is <see cref="NodeId.None"/>.</exception>
    public NodeIdentity(string clusterId, NodeId nodeId)
    {
        RequireValidClusterId(clusterId);
        if (nodeId.IsNone)
        {
            throw new ArgumentException("0 is not a node id.", nameof(nodeId));
        }

        ClusterId = clusterId;
        NodeId = nodeId;
    }

    /// <summary>The cluster.</summary>
    public string ClusterId { get; }

    /// <summary>The member.</summary>
    public NodeId NodeId { get; }

    /// <summary>The form that stands in certificates.</summary>
    public string Uri => $"{UriPrefix}{ClusterId}/{NodeId}";

    /// <inheritdoc/>
    public override string ToString() => Uri;

    /// <summary>
    /// True for 1 to <see cref="MaxClusterIdLength"/> lower-case letters, digits, dots, hyphens and underscores of ASCII: what needs no escaping in a
    /// certificate, a header or a file name, and stays as it is in a URI, whose authority part is read without regard to case (RFC 3986, section 3.2.2).
    /// </summary>
    public static bool IsValidClusterId([NotNullWhen(true)] string? clusterId)
        => clusterId is { Length: > 0 and <= MaxClusterIdLength }
            && clusterId.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');

    /// <summary>
    /// Reads the identity that a certificate claims. Whether the claim is true depends on who signed the certificate, which is not looked at here.
    /// </summary>
    /// <returns>False when the certificate carries no identity, a malformed one, or several.</returns>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out NodeIdentity? identity)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        identity = null;
        try
        {
            foreach (X509Extension extension in certificate.Extensions.Where(static e => e.Oid?.Value == SubjectAlternativeNameOid))
            {
                foreach (string uri in ReadUris(extension.RawData).Where(static uri => uri.StartsWith(UriPrefix, StringComparison.Ordinal)))
                {
                    if (identity is not null || !TryParse(uri, out identity))
                    {
                        identity = null;
                        return false;
                    }
                }
            }
        }
        catch (AsnContentException)
        {
            // A malformed extension claims nothing.
            identity = null;
        }

        return identity is not null;
    }

    /// <summary>Parses the form <c>nexaloak://CLUSTER/NODE</c>.</summary>
    public static bool TryParse(string? uri, [NotNullWhen(true)] out NodeIdentity? identity)
    {
        identity = null;
        if (uri is null || !uri.StartsWith(UriPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        string[] parts = uri[UriPrefix.Length..].Split('/');
        if (parts.Length != 2 || !IsValidClusterId(parts[0])
            || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong node) || node == 0)
        {
            return false;
        }

        identity = new NodeIdentity(parts[0], new NodeId(node));
        return true;
    }

    internal static void RequireValidClusterId(string clusterId)
    {
        if (!IsValidClusterId(clusterId))
        {
            throw new ArgumentException(
                $"'{clusterId}' is not a cluster id: use 1 to {MaxClusterIdLength} lower-case letters, digits, dots, hyphens and underscores.", nameof(clusterId));
        }
    }

    private static List<string> ReadUris(ReadOnlyMemory<byte> extension)
    {
        var uris = new List<string>();
        AsnReader names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            if (names.PeekTag().HasSameClassAndValue(_uriTag))
            {
                uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, _uriTag));
            }
            else
            {
                names.ReadEncodedValue();
            }
        }

        return uris;
    }
}
