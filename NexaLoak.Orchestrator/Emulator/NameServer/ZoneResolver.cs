using System.Collections.Immutable;

namespace NexaLoak.Orchestrator.Emulator.NameServer;

/// <summary>Answers questions from the zone's records.</summary>
internal sealed class ZoneResolver(EmulatedZone zone)
{
    private const uint AutomaticTtl = 300;
    private const uint NameServerTtl = 86400;
    private const uint NegativeTtl = 1800;
    private const int MaxAliases = 8;

    /// <summary>What stands for the address of Cloudflare's edge in answers about proxied records.</summary>
    private const string EdgeAddress = "192.0.2.1";

    /// <summary>Answers a query.</summary>
    public DnsAnswer Resolve(DnsQuery query)
    {
        if (query.Problem != DnsResponseCode.NoError)
        {
            return new DnsAnswer { Code = query.Problem };
        }

        if (query.Class != DnsQuery.InternetClass || !IsInZone(query.Name))
        {
            return new DnsAnswer { Code = DnsResponseCode.Refused };
        }

        ImmutableArray<EmulatedRecord> records = zone.Records;
        List<DnsAnswerRecord> answers = Answers(query, records);
        return new DnsAnswer
        {
            Code = answers.Count > 0 || Exists(query.Name, records) ? DnsResponseCode.NoError : DnsResponseCode.NameError,
            IsAuthoritative = true,
            Answers = answers,
            Authority = answers.Count > 0 ? [] : [StartOfAuthority()],
        };
    }

    private bool IsInZone(string name) => name == zone.Name || name.EndsWith($".{zone.Name}", StringComparison.Ordinal);

    /// <summary>Whether the name or one below it has a record.</summary>
    private bool Exists(string name, ImmutableArray<EmulatedRecord> records)
        => name == zone.Name || records.Any(record => record.Name == name || record.Name.EndsWith($".{name}", StringComparison.Ordinal));

    private List<DnsAnswerRecord> Answers(DnsQuery query, ImmutableArray<EmulatedRecord> records)
    {
        List<DnsAnswerRecord> answers = [];
        string name = query.Name;
        if (name == zone.Name)
        {
            AddApex(answers, query.Type);
        }

        for (int aliases = 0; aliases <= MaxAliases; aliases++)
        {
            EmulatedRecord[] named = [.. records.Where(record => record.Name == name)];
            answers.AddRange(named.Where(record => Matches(record, query.Type)).Select(ToAnswer));
            EmulatedRecord? alias = Array.Find(named, static record => record is { Type: "CNAME", Proxied: false });
            if (alias is null || Matches(alias, query.Type))
            {
                break;
            }

            answers.Add(ToAnswer(alias));
            name = alias.Content;
        }

        return answers;
    }

    private void AddApex(List<DnsAnswerRecord> answers, DnsType asked)
    {
        if (asked is DnsType.SOA or DnsType.Any)
        {
            answers.Add(StartOfAuthority());
        }

        if (asked is DnsType.NS or DnsType.Any)
        {
            answers.AddRange(EmulatedZone.NameServers.Select(server =>
                new DnsAnswerRecord(zone.Name, DnsType.NS, NameServerTtl, DnsData.Name(server))));
        }
    }

    private static bool Matches(EmulatedRecord record, DnsType asked)
        => asked == DnsType.Any || TypeOf(record) == asked;

    /// <summary>A proxied name has just the addresses of the edge, whatever stands behind it.</summary>
    private static DnsType TypeOf(EmulatedRecord record) => record.Proxied ? DnsType.A : Enum.Parse<DnsType>(record.Type);

    private static DnsAnswerRecord ToAnswer(EmulatedRecord record)
    {
        EmulatedRecord visible = record.Proxied ? record with { Type = "A", Content = EdgeAddress } : record;
        return new DnsAnswerRecord(record.Name, TypeOf(record), record.Ttl == 1 ? AutomaticTtl : (uint)record.Ttl, DnsData.Of(visible));
    }

    private DnsAnswerRecord StartOfAuthority()
        => new(
            zone.Name,
            DnsType.SOA,
            NegativeTtl,
            DnsData.StartOfAuthority(EmulatedZone.NameServers[0], "dns.cloudflare.com", zone.Serial, NegativeTtl));
}
