namespace NexaLoak.Benchmarks;

/// <summary>Times of one kind, in the unit in which they come.</summary>
internal sealed class Latency
{
    private readonly double[] _sorted;

    public Latency(double[] values)
    {
        Array.Sort(values);
        _sorted = values;
    }

    public double P50 => At(0.5);

    public double P99 => At(0.99);

    public double Max => At(1);

    private double At(double share) => _sorted[(int)(share * (_sorted.Length - 1))];
}
