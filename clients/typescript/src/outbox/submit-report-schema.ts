// Written by npm run contract.
export const submitReportSchema = {
  "type": "object",
  "properties": {
    "clientReference": {
      "type": [
        "string",
        "null"
      ],
      "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$",
      "description": "The office's own reference, unique in the office for ever: the same one with the same content answers again",
      "default": null
    },
    "product": {
      "type": "string",
      "enum": [
        "incident",
        "information",
        "attention",
        "special"
      ],
      "description": "Laporan Kejadian, Informasi, Atensi or Khusus"
    },
    "exercise": {
      "default": false,
      "description": "True for an exercise: it flows everywhere and counts nowhere",
      "type": "boolean"
    },
    "athg": {
      "type": "string",
      "enum": [
        "threat",
        "challenge",
        "obstacle",
        "disruption"
      ],
      "description": "Ancaman, tantangan, hambatan or gangguan"
    },
    "athgNotes": {
      "default": null,
      "anyOf": [
        {
          "$ref": "#/$defs/AthgNotes"
        },
        {
          "type": "null"
        }
      ]
    },
    "domain": {
      "type": "string",
      "enum": [
        "ideology",
        "politics",
        "economy",
        "social_culture",
        "defence",
        "security"
      ],
      "description": "Bidang (Ipoleksosbudhankam)"
    },
    "incidentType": {
      "type": "string",
      "pattern": "^[a-z][a-z0-9_]{1,49}$",
      "description": "A code of /v1/incident-types"
    },
    "phase": {
      "type": "string",
      "enum": [
        "potential",
        "imminent",
        "actual"
      ],
      "description": "Has it happened yet? Potensi, ambang, nyata"
    },
    "severity": {
      "type": "string",
      "enum": [
        "low",
        "moderate",
        "high",
        "critical"
      ],
      "description": "Tingkat risiko"
    },
    "urgency": {
      "default": "routine",
      "description": "Biasa, segera, sangat segera, kilat",
      "type": "string",
      "enum": [
        "routine",
        "priority",
        "immediate",
        "flash"
      ]
    },
    "handling": {
      "default": "restricted",
      "description": "Klasifikasi keamanan: biasa, terbatas, rahasia, sangat rahasia",
      "type": "string",
      "enum": [
        "ordinary",
        "restricted",
        "secret",
        "top_secret"
      ]
    },
    "subject": {
      "type": "string",
      "minLength": 5,
      "maxLength": 200,
      "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\t\\n\\r]*$",
      "description": "Perihal"
    },
    "facts": {
      "type": "string",
      "minLength": 20,
      "maxLength": 20000,
      "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$",
      "description": "What happened: 5W1H, apart from any opinion"
    },
    "analysis": {
      "type": [
        "string",
        "null"
      ],
      "minLength": 1,
      "maxLength": 20000,
      "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$",
      "default": null,
      "description": "Analisa"
    },
    "prediction": {
      "type": [
        "string",
        "null"
      ],
      "minLength": 1,
      "maxLength": 20000,
      "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$",
      "default": null,
      "description": "Prediksi"
    },
    "actionsTaken": {
      "type": [
        "string",
        "null"
      ],
      "minLength": 1,
      "maxLength": 20000,
      "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$",
      "default": null,
      "description": "Langkah yang telah diambil"
    },
    "recommendation": {
      "type": [
        "string",
        "null"
      ],
      "minLength": 1,
      "maxLength": 20000,
      "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$",
      "default": null,
      "description": "Rekomendasi"
    },
    "occurredAtPrecision": {
      "default": "exact",
      "description": "How exact occurredAt is; `unknown`: a best estimate",
      "type": "string",
      "enum": [
        "exact",
        "hour",
        "day",
        "unknown"
      ]
    },
    "location": {
      "$ref": "#/$defs/LocationInput"
    },
    "source": {
      "$ref": "#/$defs/SourceInput"
    },
    "actors": {
      "maxItems": 50,
      "type": [
        "array",
        "null"
      ],
      "items": {
        "$ref": "#/$defs/ActorInput"
      },
      "default": null
    },
    "impact": {
      "default": null,
      "anyOf": [
        {
          "$ref": "#/$defs/ImpactInput"
        },
        {
          "type": "null"
        }
      ]
    },
    "occurredAt": {
      "type": "string",
      "format": "date-time",
      "maxLength": 29,
      "description": "RFC 3339 with offset, at most milliseconds",
      "examples": [
        "2024-11-25T22:30:00+08:00"
      ]
    },
    "obtainedAt": {
      "type": [
        "string",
        "null"
      ],
      "format": "date-time",
      "maxLength": 29,
      "description": "RFC 3339 with offset, at most milliseconds",
      "examples": [
        "2024-11-25T14:30:00.000Z"
      ]
    },
    "composedAt": {
      "type": [
        "string",
        "null"
      ],
      "format": "date-time",
      "maxLength": 29,
      "description": "RFC 3339 with offset, at most milliseconds",
      "examples": [
        "2024-11-25T14:30:00.000Z"
      ]
    }
  },
  "required": [
    "product",
    "athg",
    "domain",
    "incidentType",
    "phase",
    "severity",
    "subject",
    "facts",
    "location",
    "source",
    "occurredAt"
  ],
  "additionalProperties": false,
  "$defs": {
    "AthgNotes": {
      "type": "object",
      "properties": {
        "threat": {
          "type": "string",
          "minLength": 1,
          "maxLength": 2000,
          "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$"
        },
        "challenge": {
          "type": "string",
          "minLength": 1,
          "maxLength": 2000,
          "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$"
        },
        "obstacle": {
          "type": "string",
          "minLength": 1,
          "maxLength": 2000,
          "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$"
        },
        "disruption": {
          "type": "string",
          "minLength": 1,
          "maxLength": 2000,
          "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$"
        }
      },
      "additionalProperties": false,
      "description": "Notes on the ATHG kinds other than the primary one"
    },
    "LocationInput": {
      "type": "object",
      "properties": {
        "regionCode": {
          "type": "string",
          "pattern": "^\\d{2}(\\.\\d{2}(\\.\\d{2})?)?$",
          "description": "Kemendagri code of the province, regency or district; `00` for the nation"
        },
        "place": {
          "type": [
            "string",
            "null"
          ],
          "minLength": 1,
          "maxLength": 300,
          "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\t\\n\\r]*$",
          "default": null
        },
        "coordinates": {
          "type": [
            "array",
            "null"
          ],
          "prefixItems": [
            {
              "type": "number",
              "minimum": -180,
              "maximum": 180,
              "format": "double"
            },
            {
              "type": "number",
              "minimum": -90,
              "maximum": 90,
              "format": "double"
            }
          ],
          "items": {
            "type": "number"
          },
          "minItems": 2,
          "maxItems": 2,
          "default": null,
          "description": "`[longitude, latitude]` in WGS 84 degrees"
        }
      },
      "required": [
        "regionCode"
      ],
      "additionalProperties": false
    },
    "SourceInput": {
      "type": "object",
      "properties": {
        "kind": {
          "type": "string",
          "enum": [
            "field_officer",
            "fkdm",
            "community",
            "media",
            "social_media",
            "agency",
            "election_body",
            "police",
            "military",
            "other"
          ],
          "description": "The kind of source, never the person"
        },
        "method": {
          "type": [
            "string",
            "null"
          ],
          "enum": [
            "observation",
            "interview",
            "document",
            "open_source",
            "technical",
            "other",
            null
          ],
          "default": null
        },
        "reliability": {
          "default": "F",
          "description": "Admiralty grade of the source; F cannot be judged",
          "type": "string",
          "enum": [
            "A",
            "B",
            "C",
            "D",
            "E",
            "F"
          ]
        },
        "credibility": {
          "default": 6,
          "description": "Admiralty grade of the information; 6 cannot be judged",
          "type": "integer",
          "minimum": 1,
          "maximum": 6,
          "format": "int32"
        }
      },
      "required": [
        "kind"
      ],
      "additionalProperties": false
    },
    "ActorInput": {
      "type": "object",
      "properties": {
        "role": {
          "type": "string",
          "enum": [
            "perpetrator",
            "victim",
            "witness",
            "organiser",
            "target",
            "responder",
            "other"
          ]
        },
        "description": {
          "type": [
            "string",
            "null"
          ],
          "minLength": 1,
          "maxLength": 500,
          "pattern": "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\t\\n\\r]*$",
          "default": null
        },
        "count": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 0,
          "maximum": 100000000,
          "format": "int32",
          "default": null
        }
      },
      "required": [
        "role"
      ],
      "additionalProperties": false
    },
    "ImpactInput": {
      "type": "object",
      "properties": {
        "deaths": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 0,
          "maximum": 100000000,
          "format": "int32",
          "default": null
        },
        "seriouslyInjured": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 0,
          "maximum": 100000000,
          "format": "int32",
          "default": null
        },
        "lightlyInjured": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 0,
          "maximum": 100000000,
          "format": "int32",
          "default": null
        },
        "missing": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 0,
          "maximum": 100000000,
          "format": "int32",
          "default": null
        },
        "displaced": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 0,
          "maximum": 100000000,
          "format": "int32",
          "default": null
        },
        "lossIdr": {
          "type": [
            "integer",
            "null"
          ],
          "minimum": 0,
          "maximum": 9007199254740991,
          "format": "int64",
          "default": null,
          "description": "Loss in rupiah"
        }
      },
      "additionalProperties": false,
      "description": "What is known of the harm; null is unknown, 0 is known to be none"
    }
  }
}
