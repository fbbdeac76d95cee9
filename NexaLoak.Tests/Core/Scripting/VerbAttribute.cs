namespace NexaLoak.Tests.Core.Scripting;

/// <summary>Names the command of the script language that a method of <see cref="ScriptEnvironment"/> carries out.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class VerbAttribute(string name) : Attribute
{
    public string Name => name;
}
