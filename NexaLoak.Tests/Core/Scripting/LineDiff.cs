namespace NexaLoak.Tests.Core.Scripting;

/// <summary>Compares two texts line by line, by their longest common subsequence.</summary>
internal static class LineDiff
{
    /// <summary>The lines of both: those missing start with -, those new with +. Empty when the texts are equal.</summary>
    public static IReadOnlyList<string> Between(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        if (expected.SequenceEqual(actual))
        {
            return [];
        }

        int[,] common = CommonSuffixes(expected, actual);
        var diff = new List<string>();
        for (int i = 0, j = 0; i < expected.Count || j < actual.Count;)
        {
            if (i < expected.Count && j < actual.Count && expected[i] == actual[j])
            {
                diff.Add("  " + expected[i++]);
                j++;
            }
            else if (j == actual.Count || (i < expected.Count && common[i + 1, j] >= common[i, j + 1]))
            {
                diff.Add("- " + expected[i++]);
            }
            else
            {
                diff.Add("+ " + actual[j++]);
            }
        }

        return diff;
    }

    private static int[,] CommonSuffixes(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        int[,] common = new int[left.Count + 1, right.Count + 1];
        for (int i = left.Count - 1; i >= 0; i--)
        {
            for (int j = right.Count - 1; j >= 0; j--)
            {
                common[i, j] = left[i] == right[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
