using System.Globalization;
using System.Text.Json.Serialization;

namespace Raft.Jepsen.Simulation;

/// <summary>
/// What brings a fault about, and its name: the draws of a fault depend on its name only, so a scenario can leave any of them out and the
/// others stay as they were.
/// </summary>
/// <param name="Kind">What it waits for.</param>
/// <param name="Which">The <see cref="FaultKind"/> or the <see cref="TriggerPoint"/>; else 0.</param>
/// <param name="Node">The node that it watches, by id; 0 when it watches the clock.</param>
/// <param name="Number">The how many-th of its kind on that node, from 0.</param>
[JsonConverter(typeof(FaultCauseConverter))]
internal readonly record struct FaultCause(CauseKind Kind, int Which, int Node, long Number)
{
    public static FaultCause AtTime(FaultKind kind, long number) => new(CauseKind.Time, (int)kind, 0, number);

    public static FaultCause AtMoment(TriggerPoint point, SimulatedNode node, long number)
        => new(CauseKind.Moment, (int)point, (int)node.Id.Value, number);

    public static FaultCause InReady(SimulatedNode node, long number) => new(CauseKind.Ready, 0, (int)node.Id.Value, number);

    public static FaultCause AtEnd(SimulatedNode node) => new(CauseKind.End, 0, (int)node.Id.Value, 0);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text is nothing of the kind.</exception>
    public static FaultCause Parse(string text)
    {
        string[] parts = text.Split(':');
        return parts switch
        {
            ["time", var kind, var number] => new(CauseKind.Time, (int)Name<FaultKind>(kind), 0, Number(number)),
            ["moment", var point, var node, var number] => new(
                CauseKind.Moment, (int)Name<TriggerPoint>(point), (int)Number(node), Number(number)),
            ["ready", var node, var number] => new(CauseKind.Ready, 0, (int)Number(node), Number(number)),
            ["end", var node] => new(CauseKind.End, 0, (int)Number(node), 0),
            _ => throw new FormatException($"'{text}' is not the cause of a fault."),
        };

        TEnum Name<TEnum>(string name)
            where TEnum : struct, Enum
            => Enum.TryParse(name, out TEnum value) ? value : throw new FormatException($"'{text}' is not the cause of a fault.");

        long Number(string digits)
            => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                ? value
                : throw new FormatException($"'{text}' is not the cause of a fault.");
    }

    /// <summary>The cause as scenario files write it.</summary>
    public override string ToString() => Kind switch
    {
        CauseKind.Time => $"time:{(FaultKind)Which}:{Number}",
        CauseKind.Moment => $"moment:{(TriggerPoint)Which}:{Node}:{Number}",
        CauseKind.Ready => $"ready:{Node}:{Number}",
        _ => $"end:{Node}",
    };
}
