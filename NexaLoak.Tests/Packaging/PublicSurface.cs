using System.Reflection;
using System.Runtime.CompilerServices;

namespace NexaLoak.Tests.Packaging;

/// <summary>All that the users of an assembly can name, one line each and sorted, so that a change of it shows as a change of a file.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
        => string.Concat(assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).Select(Describe));

    private static string Describe(Type type)
    {
        IEnumerable<string> members = type.IsEnum ? Values(type) : IsDelegate(type) ? [] : Members(type).Order(StringComparer.Ordinal);
        return string.Concat(members.Select(member => $"    {member}\n").Prepend($"{Head(type)}\n").Append("\n"));
    }

    private static string Head(Type type)
    {
        if (IsDelegate(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {SurfaceTypeName.Of(invoke.ReturnParameter)} {SurfaceTypeName.Of(type)}({Parameters(invoke)})";
        }

        string kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsValueType ? (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct")
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class" : "class";
        string[] bases = [.. Bases(type).Order(StringComparer.Ordinal)];
        return $"{kind} {type.Namespace}.{SurfaceTypeName.Of(type)}{(bases.Length == 0 ? "" : " : " + string.Join(", ", bases))}";
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            return [SurfaceTypeName.Of(type.GetEnumUnderlyingType())];
        }

        IEnumerable<Type> inherited = type.BaseType?.GetInterfaces() ?? [];
        IEnumerable<Type> own = type.GetInterfaces().Where(each => each.IsVisible).Except(inherited);
        bool hasBase = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType);
        return own.Select(SurfaceTypeName.Of).Concat(hasBase ? [SurfaceTypeName.Of(type.BaseType!)] : []);
    }

    private static IEnumerable<string> Values(Type type)
        => type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"{field.Name} = {field.GetRawConstantValue()}");

    private static IEnumerable<string> Members(Type type)
        => type.GetConstructors(Declared).Where(IsVisible).Select(constructor => $"{Access(constructor)}new({Parameters(constructor)})")
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Select(Describe))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsVisible)).Select(Describe))
            .Concat(type.GetEvents(Declared).Where(@event => IsVisible(@event.AddMethod!)).Select(Describe))
            .Concat(type.GetMethods(Declared).Where(method => IsVisible(method) && !method.IsSpecialName | IsOperator(method)).Select(Describe));

    private static string Describe(FieldInfo field)
    {
        string kind = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        return $"{kind}{SurfaceTypeName.Of(field)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}";
    }

    private static string Describe(PropertyInfo property)
    {
        MethodInfo accessor = property.GetAccessors(nonPublic: true).First(IsVisible);
        string index = property.GetIndexParameters().Length == 0 ? "" : $"[{string.Join(", ", property.GetIndexParameters().Select(Describe))}]";
        string get = property.GetMethod is { } getter && IsVisible(getter) ? "get; " : "";
        string set = property.SetMethod is { } setter && IsVisible(setter) ? (IsInit(setter) ? "init; " : "set; ") : "";
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Access(accessor)}{Modifiers(accessor)}{required}{SurfaceTypeName.Of(property)} {property.Name}{index} {{ {get}{set}}}";
    }

    private static string Describe(EventInfo @event)
        => $"{Modifiers(@event.AddMethod!)}event {SurfaceTypeName.Of(@event.EventHandlerType!)} {@event.Name}";

    private static string Describe(MethodInfo method)
    {
        string generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(each => each.Name))}>" : "";
        return $"{Access(method)}{Modifiers(method)}{SurfaceTypeName.Of(method.ReturnParameter)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Describe));

    private static string Describe(ParameterInfo parameter)
    {
        string passing = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        string extended = parameter is { Position: 0 } && parameter.Member.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        string otherwise = parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "default"}" : "";
        return $"{extended}{passing}{SurfaceTypeName.Of(parameter)} {parameter.Name}{otherwise}";
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method)
        => method.IsStatic ? "static "
            : method.DeclaringType!.IsInterface ? ""
            : method.GetBaseDefinition() != method ? "override "
            : method.IsAbstract ? "abstract "
            : method is { IsVirtual: true, IsFinal: false } && !method.DeclaringType.IsSealed ? "virtual " : "";

    /// <summary>What the compiler adds to records is no decision of ours.</summary>
    private static bool IsVisible(MethodBase method)
        => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
            && (method.IsSpecialName || !method.IsDefined(typeof(CompilerGeneratedAttribute)));

    private static bool IsOperator(MethodInfo method)
        => method.IsSpecialName && method.Name.StartsWith("op_", StringComparison.Ordinal) && !method.IsDefined(typeof(CompilerGeneratedAttribute));

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsDelegate(Type type) => type.BaseType == typeof(MulticastDelegate);
}
