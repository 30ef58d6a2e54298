@echo off
rem Starts helm-llm. bin\launch.py chooses or builds the interpreter, with any Python 3.10 or newer.
setlocal
set "code=%~dp0.."
if defined HELM_PLUGIN_DIR if exist "%HELM_PLUGIN_DIR%\bin\launch.py" set "code=%HELM_PLUGIN_DIR%"
set "check=import sys; sys.exit(sys.version_info < (3, 10))"

if not defined HELM_LLM_PYTHON goto search
"%HELM_LLM_PYTHON%" -c "%check%" >nul 2>nul
if errorlevel 1 goto unusable
"%HELM_LLM_PYTHON%" -B "%code%\bin\launch.py" "" %*
exit /b %errorlevel%

:search
py -3 -c "%check%" >nul 2>nul
if errorlevel 1 goto python
py -3 -B "%code%\bin\launch.py" "" %*
exit /b %errorlevel%

rem The Microsoft Store's placeholder for python fails the check, so it counts as absent.
:python
python -c "%check%" >nul 2>nul
if errorlevel 1 goto uv
python -B "%code%\bin\launch.py" "" %*
exit /b %errorlevel%

:uv
set "found="
for /f "usebackq delims=" %%p in (`uv python find --no-project ">=3.10" 2^>nul`) do set "found=%%p"
if not defined found goto none
"%found%" -B "%code%\bin\launch.py" "" %*
exit /b %errorlevel%

:unusable
>&2 echo helm llm: HELM_LLM_PYTHON is "%HELM_LLM_PYTHON%", which is not a working Python 3.10 or newer: correct or unset it
exit /b 3

:none
>&2 echo helm llm: Python 3.10 or newer is required, but none is on PATH. Do one of the following:
>&2 echo - install Python from https://www.python.org/downloads or with winget
>&2 echo - set HELM_LLM_PYTHON to the path of a Python 3.10 or newer
>&2 echo - run "pipx install helm-llm" or "uv tool install helm-llm", then call helm-llm instead of helm llm
exit /b 3
