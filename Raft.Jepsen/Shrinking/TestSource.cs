using System.Globalization;
using System.Text.RegularExpressions;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Shrinking;

/// <summary>
/// A scenario as a test in C#. It fails while the scenario breaks its property, and then keeps the repaired bug from coming back; a planted bug is meant to be
/// there, so that the test of its scenario demands that it is found.
/// </summary>
internal static partial class TestSource
{
    /// <summary>The source of the test: a file of the test project by itself. It looks a little longer, so that it is not lost when something comes later.</summary>
    public static string Of(Scenario scenario) => $$""""
        using NUnit.Framework;
        using Raft.Jepsen.Simulation;

        namespace NexaLoak.Tests.Simulation.Scenarios;

        /// <summary>Seed {{scenario.Seed}}{{(scenario.Mutant is null ? " broke" : $" with {scenario.Mutant} breaks")}} {{scenario.Property}}.</summary>
        [Parallelizable(ParallelScope.All)]
        internal sealed class {{ClassName(scenario)}}
        {
            private const string Json = """
        {{Indent(Longer(scenario).ToJson(), "        ")}}
                """;

            [Test]
            public void {{NotInNames().Replace(scenario.Property, "_")}}() => Assert.That({{Assertion(scenario)}});
        }

        """";

    /// <summary>What the class is called, and the file should be.</summary>
    public static string ClassName(Scenario scenario)
        => $"Seed{scenario.Seed}{(scenario.Mutant is null ? "" : $"With{PascalCase(scenario.Mutant)}")}Tests";

    private static Scenario Longer(Scenario scenario) => scenario with { Until = scenario.Until + Shrinker.SlackOf(scenario.Plan) };

    private static string Assertion(Scenario scenario)
        => scenario.Mutant is null
            ? "Scenario.Parse(Json).Run().Failure?.Message, Is.Null"
            : $"Scenario.Parse(Json).Run().Failure?.Property, Is.EqualTo(\"{scenario.Property}\")";

    private static string PascalCase(string name) => NotInNames().Replace(CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name), "");

    private static string Indent(string text, string by) => by + text.ReplaceLineEndings("\n" + by);

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotInNames();
}
