using System.Text.Json.Nodes;

namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>Objects of the API as JSON.</summary>
internal static class RecordJson
{
    /// <summary>A record.</summary>
    public static JsonObject Of(EmulatedRecord record)
    {
        var json = new JsonObject
        {
            ["id"] = record.Id,
            ["name"] = record.Name,
            ["type"] = record.Type,
            ["content"] = record.Content,
            ["proxiable"] = record.Type is "A" or "AAAA" or "CNAME",
            ["proxied"] = record.Proxied,
            ["ttl"] = record.Ttl,
            ["settings"] = new JsonObject(),
            ["meta"] = new JsonObject(),
            ["comment"] = record.Comment,
            ["tags"] = new JsonArray(),
            ["created_on"] = ApiResponse.Timestamp(record.CreatedOn),
            ["modified_on"] = ApiResponse.Timestamp(record.ModifiedOn),
        };
        if (record.CommentModifiedOn is { } commentModifiedOn)
        {
            json["comment_modified_on"] = ApiResponse.Timestamp(commentModifiedOn);
        }

        if (record.Priority is { } priority)
        {
            json["priority"] = priority;
        }

        return json;
    }

    /// <summary>The zone.</summary>
    public static JsonObject Of(EmulatedZone zone)
    {
        string created = ApiResponse.Timestamp(zone.CreatedOn);
        return new JsonObject
        {
            ["id"] = zone.Id,
            ["name"] = zone.Name,
            ["status"] = "active",
            ["paused"] = false,
            ["type"] = "full",
            ["development_mode"] = 0,
            ["name_servers"] = new JsonArray([.. EmulatedZone.NameServers.Select(static server => JsonValue.Create(server))]),
            ["original_name_servers"] = null,
            ["original_registrar"] = null,
            ["original_dnshost"] = null,
            ["created_on"] = created,
            ["modified_on"] = created,
            ["activated_on"] = created,
            ["account"] = new JsonObject { ["id"] = EmulatedZone.AccountId, ["name"] = "Emulator" },
            ["permissions"] = new JsonArray("#dns_records:edit", "#dns_records:read", "#zone:read"),
            ["plan"] = new JsonObject { ["id"] = "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", ["name"] = "Free Website", ["legacy_id"] = "free" },
        };
    }
}
