using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NexaLoak.Orchestrator.Dns;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>The service's domain in a zone at Cloudflare.</summary>
internal sealed class CloudflareServiceDomain : IServiceDomain
{
    private readonly CloudflareClient _client;
    private readonly string _zone;
    private readonly string _domain;
    private readonly int _ttl;
    private readonly bool _proxied;
    private volatile string? _zoneId;

    /// <summary>Creates the domain. Nothing is sent before the first call.</summary>
    /// <param name="client">The way to Cloudflare; not disposed here.</param>
    /// <param name="zone">Name of the zone, or its id of 32 hexadecimal digits.</param>
    /// <param name="domain">Full name of the service's domain, in that zone.</param>
    /// <param name="ttl">Time to live of the records: 60 to 86400 seconds, or 1 to let Cloudflare choose.</param>
    /// <param name="proxied">Whether Cloudflare answers with its own addresses; a VPN needs <c>false</c>.</param>
    /// <exception cref="ArgumentException">A name is malformed, the domain is not in the zone, or the time to live is out of bounds.</exception>
    public CloudflareServiceDomain(CloudflareClient client, string zone, string domain, int ttl = 60, bool proxied = false)
    {
        _client = client;
        _zone = Normalize(zone, nameof(zone));
        _domain = Normalize(domain, nameof(domain));
        if (IsId(_zone))
        {
            _zoneId = _zone;
        }
        else if (_domain != _zone && !_domain.EndsWith($".{_zone}", StringComparison.Ordinal))
        {
            throw new ArgumentException($"The domain {_domain} is not in the zone {_zone}: name a domain that ends with .{_zone}.", nameof(domain));
        }

        if (ttl is not (1 or (>= 60 and <= 86400)))
        {
            throw new ArgumentException($"A time to live of {ttl} s is not possible: use 60 to 86400, or 1 for Cloudflare's choice.", nameof(ttl));
        }

        _ttl = ttl;
        _proxied = proxied;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DomainRecord>> ListAsync(CancellationToken cancellationToken)
    {
        string zoneId = await ZoneIdAsync(cancellationToken);
        CloudflareResult<IReadOnlyList<DnsRecord>> result = await _client.Zones.DnsRecords.GetAsync(
            zoneId, new DnsRecordFilter { Type = "A", Name = _domain }, cancellationToken);
        if (result.Outcome != CloudflareOutcome.Ok)
        {
            throw Failure(result, $"list the records of {_domain}");
        }

        // The filter is checked here again: what another name's record looks like must never matter.
        return [.. result.Value.Where(IsOfDomain).Select(ToDomainRecord)];
    }

    /// <inheritdoc/>
    public async Task AssignAsync(string address, RecordOwner owner, CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(address, out IPAddress? parsed)
            || parsed.AddressFamily != AddressFamily.InterNetwork
            || parsed.ToString() != address)
        {
            throw new DnsException(DnsFailure.Invalid, $"'{address}' is not an IPv4 address in dotted form.");
        }

        var record = new NewDnsRecord { Type = "A", Name = _domain, Content = address, Ttl = _ttl, Proxied = _proxied, Comment = Comment(owner) };
        string zoneId = await ZoneIdAsync(cancellationToken);
        CloudflareResult<DnsRecord> result = await _client.Zones.DnsRecords.AddAsync(
            zoneId, record, new WriteOrigin(owner.Term, $"assign:{owner.Node}"), cancellationToken);
        if (result.Outcome is not (CloudflareOutcome.Ok or CloudflareOutcome.AlreadyDone))
        {
            throw Failure(result, $"add {address} to {_domain}");
        }
    }

    /// <inheritdoc/>
    public async Task UnassignAsync(DomainRecord record, ulong term, CancellationToken cancellationToken)
    {
        if (record.Owner is not { } owner)
        {
            throw new DnsException(DnsFailure.Invalid, $"The record of {record.Address} at {_domain} is not ours and stays.");
        }

        string zoneId = await ZoneIdAsync(cancellationToken);
        if (!await IsUnchangedAsync(zoneId, record, cancellationToken))
        {
            return;
        }

        CloudflareResult<ObjectId> result = await _client.Zones.DnsRecords.DeleteAsync(
            zoneId, record.Id, new WriteOrigin(term, $"unassign:{owner.Node}"), cancellationToken);
        if (result.Outcome != CloudflareOutcome.Ok && !result.HasError(CloudflareErrorCode.RecordDoesNotExist))
        {
            throw Failure(result, $"delete {record.Address} from {_domain}");
        }
    }

    /// <summary>Looks at the record once more before it is deleted: someone may have taken it over since it was listed.</summary>
    /// <returns><c>false</c> when it is gone already.</returns>
    /// <exception cref="DnsException">It is another record by now, or can't be read.</exception>
    private async Task<bool> IsUnchangedAsync(string zoneId, DomainRecord record, CancellationToken cancellationToken)
    {
        CloudflareResult<DnsRecord> current = await _client.Zones.DnsRecords.GetDetailsAsync(zoneId, record.Id, cancellationToken);
        if (current.HasError(CloudflareErrorCode.RecordDoesNotExist))
        {
            return false;
        }

        if (current.Outcome != CloudflareOutcome.Ok)
        {
            throw Failure(current, $"read the record of {record.Address} at {_domain}");
        }

        return IsOfDomain(current.Value) && ToDomainRecord(current.Value) == record
            ? true
            : throw new DnsException(
                DnsFailure.Transient, $"The record of {record.Address} at {_domain} was changed by someone else since it was listed.");
    }

    private async Task<string> ZoneIdAsync(CancellationToken cancellationToken)
    {
        if (_zoneId is { } known)
        {
            return known;
        }

        CloudflareResult<IReadOnlyList<Zone>> result = await _client.Zones.GetAsync(new ZoneFilter { Name = _zone }, cancellationToken);
        if (result.Outcome != CloudflareOutcome.Ok)
        {
            throw Failure(result, $"find the zone {_zone}");
        }

        Zone zone = result.Value.FirstOrDefault(zone => zone.Name == _zone)
            ?? throw new DnsException(
                DnsFailure.NotFound,
                $"Cloudflare shows no zone {_zone} to the token in {_client.TokenFile}: check the zone's name, and that the token may read it "
                + "(Zone:Read).");
        _zoneId = zone.Id;
        return zone.Id;
    }

    private bool IsOfDomain(DnsRecord record)
        => record.Type == "A" && string.Equals(record.Name.TrimEnd('.'), _domain, StringComparison.OrdinalIgnoreCase);

    private static string Comment(RecordOwner owner)
    {
        try
        {
            return owner.ToComment();
        }
        catch (FormatException e)
        {
            throw new DnsException(DnsFailure.Invalid, e.Message, innerException: e);
        }
    }

    private static DomainRecord ToDomainRecord(DnsRecord record)
        => new(record.Id, record.Content, RecordOwner.TryParse(record.Comment, out RecordOwner? owner) ? owner : null);

    private DnsException Failure<T>(CloudflareResult<T> result, string task)
        where T : class
    {
        (DnsFailure failure, string remedy) = result.Outcome switch
        {
            CloudflareOutcome.Unauthorized => (
                DnsFailure.Unauthorized,
                $" Give the token in {_client.TokenFile} Zone:Read and DNS:Edit for zone {_zone}, and check its expiry and its address filter."),
            CloudflareOutcome.NotFound => (DnsFailure.NotFound, $" Check that zone {_zone} still exists."),
            CloudflareOutcome.RateLimited => (DnsFailure.RateLimited, WaitText(result.RetryAfter)),
            CloudflareOutcome.Quota => (DnsFailure.Quota, $" Delete records of zone {_zone} that nobody needs, or change its plan."),
            CloudflareOutcome.Validation => (DnsFailure.Invalid, ""),
            _ => (DnsFailure.Transient, ""),
        };
        if (failure == DnsFailure.NotFound && !IsId(_zone))
        {
            // The zone may have been deleted and made again under another id.
            _zoneId = null;
        }

        return new DnsException(failure, $"Cloudflare did not {task}: {result.Reason}.{remedy}", result.RetryAfter);
    }

    private static string WaitText(TimeSpan? wait)
        => wait is { } time ? string.Create(CultureInfo.InvariantCulture, $" Next try in {Math.Ceiling(time.TotalSeconds)} s.") : "";

    private static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    private static string Normalize(string name, string parameter)
    {
        string normal = name.Trim().TrimEnd('.').ToLowerInvariant();
        return Uri.CheckHostName(normal) == UriHostNameType.Dns && normal.Length <= 253
            ? normal
            : throw new ArgumentException($"'{name}' is not a domain name.", parameter);
    }
}
