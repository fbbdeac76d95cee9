using System.Text.Json;

namespace NexaLoak.Orchestrator.Cloudflare;

/// <summary>The frame of every answer. The result is read only when <see cref="Success"/> says that there is one.</summary>
internal sealed record CloudflareEnvelope
{
    public required bool Success { get; init; }

    public JsonElement Result { get; init; }

    public ResultInfo? ResultInfo { get; init; }

    public IReadOnlyList<CloudflareError>? Errors { get; init; }
}
