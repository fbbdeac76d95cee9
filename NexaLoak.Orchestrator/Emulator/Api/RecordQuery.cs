namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>The filters and the order of a list of records.</summary>
internal static class RecordQuery
{
    /// <summary>The records that a list holds, in its order.</summary>
    public static IEnumerable<EmulatedRecord> Select(ApiRequest request, IEnumerable<EmulatedRecord> records)
    {
        List<Func<EmulatedRecord, bool>> filters = [.. Filters(request)];
        bool any = request.Parameter("match") == "any" && filters.Count > 0;
        IEnumerable<EmulatedRecord> matching = records.Where(record =>
            any ? filters.Exists(filter => filter(record)) : filters.TrueForAll(filter => filter(record)));
        return Ordered(request, matching);
    }

    private static IEnumerable<Func<EmulatedRecord, bool>> Filters(ApiRequest request)
    {
        foreach ((string name, var values) in request.Query)
        {
            if (Filter(name, values[^1] ?? "") is { } filter)
            {
                yield return filter;
            }
        }
    }

    private static Func<EmulatedRecord, bool>? Filter(string name, string value)
    {
        string[] parts = name.Split('.', 2);
        string how = parts.Length == 2 ? parts[1] : "exact";
        return (parts[0], how) switch
        {
            ("type", "exact") => record => Same(record.Type, value),
            ("proxied", "exact") => record => Same(record.Proxied ? "true" : "false", value),
            ("name", _) => Text(static record => record.Name, how, value),
            ("content", _) => Text(static record => record.Content, how, value),
            ("comment", "present") => static record => record.Comment is not null,
            ("comment", "absent") => static record => record.Comment is null,
            ("comment", _) => Text(static record => record.Comment ?? "", how, value),
            ("search", "exact") => record =>
                Contains(record.Name, value) || Contains(record.Content, value) || Contains(record.Comment ?? "", value),
            _ => null,
        };
    }

    private static Func<EmulatedRecord, bool>? Text(Func<EmulatedRecord, string> member, string how, string value) => how switch
    {
        "exact" => record => Same(member(record), value),
        "contains" => record => Contains(member(record), value),
        "startswith" => record => member(record).StartsWith(value, StringComparison.OrdinalIgnoreCase),
        "endswith" => record => member(record).EndsWith(value, StringComparison.OrdinalIgnoreCase),
        _ => null,
    };

    private static IEnumerable<EmulatedRecord> Ordered(ApiRequest request, IEnumerable<EmulatedRecord> records)
    {
        Func<EmulatedRecord, IComparable> key = request.Parameter("order") switch
        {
            "name" => static record => record.Name,
            "content" => static record => record.Content,
            "ttl" => static record => record.Ttl,
            "proxied" => static record => record.Proxied,
            _ => static record => record.Type,
        };
        return request.Parameter("direction") == "desc" ? records.OrderByDescending(key) : records.OrderBy(key);
    }

    private static bool Same(string text, string value) => text.Equals(value, StringComparison.OrdinalIgnoreCase);

    private static bool Contains(string text, string value) => text.Contains(value, StringComparison.OrdinalIgnoreCase);
}
