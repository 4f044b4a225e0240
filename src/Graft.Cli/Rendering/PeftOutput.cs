using System.Text.Json.Nodes;
using Graft.Peft;

namespace Graft.Cli.Rendering;

/// <summary>Prints the contents of an adapter.</summary>
internal static class PeftOutput
{
    /// <summary>Prints a table of its modules and its remarks; returns the contents as JSON.</summary>
    internal static JsonObject Describe(PeftAdapter adapter, Output output)
    {
        output.Line(adapter.ToString());
        output.Table(["module", "layer", "rank", "scaling", "parameters"], adapter.Modules.Select(module => new[]
        {
            module.Path, module.Layer.ToString().ToLowerInvariant(), $"{module.Rank}", $"{module.Scaling:g6}",
                $"{module.ParameterCount:N0}",
        }));
        string? other = adapter.CompareIgnoredFile();
        string[] remarks = [.. adapter.Remarks, .. other is null ? [] : new[] { other },
            .. adapter.NotFinite.Select(name => $"{name} holds NaN or infinity")];
        foreach (string remark in remarks)
        {
            output.Line("note: " + remark);
        }

        return new JsonObject
        {
            ["path"] = adapter.Source,
            ["format"] = "Peft",
            ["rank"] = adapter.Config.Rank,
            ["alpha"] = adapter.Config.Alpha,
            ["use_rslora"] = adapter.Config.UseRsLora,
            ["use_dora"] = adapter.Config.UseDora,
            ["values"] = adapter.ParameterCount,
            ["has_effect"] = adapter.HasEffect,
            ["zero_modules"] = adapter.ZeroModules,
            ["not_finite"] = new JsonArray([.. adapter.NotFinite.Select(name => (JsonNode)name)]),
            ["modules"] = new JsonArray([.. adapter.Modules.Select(module => (JsonNode)new JsonObject
            {
                ["path"] = module.Path,
                ["layer"] = module.Layer.ToString().ToLowerInvariant(),
                ["rank"] = module.Rank,
                ["alpha"] = module.Alpha,
                ["scaling"] = module.Scaling,
                ["zero"] = module.IsZero,
            })]),
            ["replacements"] = new JsonArray([.. adapter.Replacements.Keys.Select(name => (JsonNode)name)]),
            ["tensors"] = new JsonArray([.. adapter.Modules.SelectMany(module => module.Tensors).Concat(adapter.Replacements.Values)
                .Select(entry => (JsonNode)new JsonObject
                {
                    ["name"] = entry.Name,
                    ["shape"] = new JsonArray([.. entry.Shape.Select(length => (JsonNode)length)]),
                    ["dtype"] = Files.ElementTypes.TorchName(entry.DType),
                })]),
            ["remarks"] = new JsonArray([.. remarks.Select(remark => (JsonNode)remark)]),
        };
    }
}
