using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using NexaLoak.Orchestrator.Emulator.Api;

namespace NexaLoak.Orchestrator.Emulator;

/// <summary>What an emulator serves, and with which limits. The defaults are those of Cloudflare's free plan.</summary>
internal sealed record CloudflareEmulatorOptions
{
    /// <summary>Name of the one zone.</summary>
    public required string ZoneName { get; init; }

    /// <summary>The token that is let in; a random one unless it is set.</summary>
    public string Token { get; init; } = RandomNumberGenerator.GetHexString(40, lowercase: true);

    /// <summary>TCP port of the API on 127.0.0.1; 0 takes a free one.</summary>
    public int ApiPort { get; init; }

    /// <summary>UDP and TCP port of the name server on 127.0.0.1; 0 takes a free one.</summary>
    public int DnsPort { get; init; }

    /// <summary>Requests that are let in during <see cref="RequestWindow"/>; one more blocks all for as long.</summary>
    public int RequestLimit { get; init; } = 1200;

    /// <summary>Time over which requests are counted.</summary>
    public TimeSpan RequestWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Records that the zone may hold.</summary>
    public int RecordQuota { get; init; } = 200;

    /// <summary>Changes that a batch may hold.</summary>
    public int BatchLimit { get; init; } = 200;

    /// <summary>Requests that the journal keeps.</summary>
    public int JournalCapacity { get; init; } = 100_000;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Require(
            RecordRules.IsHostName(ZoneName) && ZoneName.Contains('.', StringComparison.Ordinal), nameof(ZoneName), "a domain name in lower case");
        Require(TokenCheck.IsWellFormed(Token), nameof(Token), "at least 40 letters, digits, '-' or '_'");
        Require(ApiPort is >= 0 and <= 65535, nameof(ApiPort), "0 to 65535");
        Require(DnsPort is >= 0 and <= 65535, nameof(DnsPort), "0 to 65535");
        Require(RequestLimit >= 1, nameof(RequestLimit), "at least 1");
        Require(RequestWindow > TimeSpan.Zero, nameof(RequestWindow), "more than 0");
        Require(RecordQuota >= 1, nameof(RecordQuota), "at least 1");
        Require(BatchLimit >= 1, nameof(BatchLimit), "at least 1");
        Require(JournalCapacity >= 1, nameof(JournalCapacity), "at least 1");

        static void Require(bool holds, string name, string bound)
        {
            if (!holds)
            {
                throw new ValidationException($"{nameof(CloudflareEmulatorOptions)}.{name} must be {bound}.");
            }
        }
    }
}
