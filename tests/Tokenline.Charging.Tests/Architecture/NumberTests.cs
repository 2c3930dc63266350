using System.Reflection;
using Tokenline.Charging.Accounts;

namespace Tokenline.Charging.Tests.Architecture;

/// <summary>Money and quota are whole numbers of 64 bits and more: nothing that charges computes in floating point, nothing that counts does so in 32 bits.</summary>
public sealed class NumberTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] floating = [typeof(float), typeof(double), typeof(Half)];
    private static readonly Type[] narrow = [typeof(int), typeof(uint), typeof(short)];

    private static readonly string[] amounts =
    [
        "Nano",
        "Micro",
        "Amount",
        "Granted",
        "Remaining",
        "Reserved",
        "Consumed",
        "Used",
        "Held",
        "Tokens",
        "Max",
    ];

    [Fact]
    [Trait("WhatOthersGotWrong", "46")]
    public void Nothing_that_charges_computes_in_floating_point()
    {
        var methods = Types().SelectMany(type => type.GetMembers(All).OfType<MethodBase>()).ToList();
        Assert.NotEmpty(methods);

        var found = methods
            .Where(method =>
                (method.GetMethodBody()?.LocalVariables ?? [])
                    .Select(local => local.LocalType)
                    .Concat(method.GetParameters().Select(parameter => parameter.ParameterType))
                    .Append((method as MethodInfo)?.ReturnType ?? typeof(void))
                    .Any(Is(floating))
            )
            .Select(method => $"{method.DeclaringType}.{method.Name}")
            .Concat(Fields().Where(field => Is(floating)(field.FieldType)).Select(field => $"{field.DeclaringType}.{field.Name}"));

        Assert.Empty(found);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "46")]
    public void No_amount_is_kept_in_32_bits()
    {
        var kept = Fields().Where(field => amounts.Any(word => Name(field).EndsWith(word, StringComparison.Ordinal))).ToList();
        Assert.True(kept.Count > 50, $"only {kept.Count} amounts were found");

        // Bounds of how many things there may be are no amounts.
        var found = kept.Where(field => Is(narrow)(field.FieldType) && !field.IsLiteral)
            .Select(field => $"{field.DeclaringType}.{field.Name}");

        Assert.Empty(found);
    }

    private static Func<Type, bool> Is(Type[] kinds) =>
        type => kinds.Contains(Nullable.GetUnderlyingType(type) ?? (type.HasElementType ? type.GetElementType()! : type));

    /// <summary>Of a property, the name of the property.</summary>
    private static string Name(FieldInfo field)
    {
        var name = field.Name.StartsWith('<') && !field.Name.StartsWith("<>") ? field.Name[1..field.Name.IndexOf('>')] : field.Name;
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    private static IEnumerable<FieldInfo> Fields() => Types().SelectMany(type => type.GetFields(All));

    private static IEnumerable<Type> Types() => typeof(Money).Assembly.GetTypes().Concat(typeof(ChargingAccount).Assembly.GetTypes());
}
